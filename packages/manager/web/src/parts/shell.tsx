import { AppShell, Badge, Burger, Container, Group, NavLink, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import icon from '../icon.svg'
import { useEnrollments } from '../queries.ts'
import { useMay } from '../rights.ts'
import { AccountMenu } from './account-menu.tsx'
import { LiveBadge } from './live-badge.tsx'
import { places } from './places.ts'
import { SchemeMenu } from './scheme-menu.tsx'

/** What stands around every page. */
export function Shell({ children }: { children: ReactNode }) {
  const [open, { toggle, close }] = useDisclosure()
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell.Header>
        <Header open={open} onToggle={toggle} />
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Main">
        <Links onFollow={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Container size={1280} p={0}>
          {children}
        </Container>
      </AppShell.Main>
    </AppShell>
  )
}

const Header = ({ open, onToggle }: { open: boolean; onToggle: () => void }) => (
  <Group h="100%" px="md" justify="space-between" wrap="nowrap">
    <Group gap="sm" wrap="nowrap">
      <Burger
        opened={open}
        onClick={onToggle}
        hiddenFrom="sm"
        size="sm"
        aria-label="Menu"
        aria-expanded={open}
      />
      <img src={icon} alt="" width={28} height={28} />
      <Text fw={650} visibleFrom="xs">
        Linux Patch Manager
      </Text>
    </Group>
    <Group gap="sm" wrap="nowrap">
      <LiveBadge />
      <SchemeMenu />
      <AccountMenu />
    </Group>
  </Group>
)

function Links({ onFollow }: { onFollow: () => void }) {
  const [path] = useLocation()
  const may = useMay()
  const waiting = useEnrollments(may('listEnrollments')).data?.total ?? 0
  const open = places.filter(({ call }) => may(call))
  return open.map(({ to, label, Icon }) => (
    <NavLink
      key={to}
      component={Link}
      href={to}
      label={label}
      active={path === to || path.startsWith(`${to}/`)}
      aria-current={path === to ? 'page' : undefined}
      leftSection={<Icon size={18} aria-hidden />}
      rightSection={to === '/enrollments' && waiting > 0 && <Waiting count={waiting} />}
      onClick={onFollow}
    />
  ))
}

const Waiting = ({ count }: { count: number }) => (
  <Badge size="md" variant="filled" aria-label={`${count} waiting`}>
    {count}
  </Badge>
)
