import { ActionIcon, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Host } from '@linux-patch/shared/host'
import { IconCertificate, IconDots, IconEdit, IconLogout, IconPlus } from '@tabler/icons-react'
import { Link } from 'wouter'
import { EditHostDialog } from './edit-host-dialog.tsx'
import { HostCertificateDialog } from './host-certificate-dialog.tsx'
import { RetireHostDialog } from './retire-host-dialog.tsx'

/** What is done about a host now and then. */
export function HostMenu({ host }: { host: Host }) {
  const [editing, edit] = useDisclosure()
  const [issuing, issue] = useDisclosure()
  const [retiring, retire] = useDisclosure()
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="default" size="input-sm" aria-label={`More about ${host.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={edit.open}>
            Edit
          </Menu.Item>
          <Menu.Item
            component={Link}
            href={`/certificates?search=${encodeURIComponent(host.name)}`}
            leftSection={<IconCertificate size={16} aria-hidden />}
          >
            Certificates
          </Menu.Item>
          <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={issue.open}>
            New certificate
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={retire.open}
          >
            Let go
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <EditHostDialog host={host} opened={editing} onClose={edit.close} />
      <HostCertificateDialog host={host} opened={issuing} onClose={issue.close} />
      <RetireHostDialog host={host} opened={retiring} onClose={retire.close} />
    </>
  )
}
