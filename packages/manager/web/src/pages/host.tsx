import { Anchor, Button, SimpleGrid, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { HostDetail } from '@linux-patch/shared/host'
import { IconPlus, IconPower, IconRefresh, IconShieldCheck } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api } from '../api.ts'
import { Answered } from '../parts/answered.tsx'
import { FailureAlert } from '../parts/failure-alert.tsx'
import { HostFacts } from '../parts/host-facts.tsx'
import { HostMenu } from '../parts/host-menu.tsx'
import { HostJobs } from '../parts/host-jobs.tsx'
import { HostPackages } from '../parts/host-packages.tsx'
import { HostPatches } from '../parts/host-patches.tsx'
import { HostState } from '../parts/host-state.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { NewJobButton } from '../parts/new-job-button.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { Updates } from '../parts/updates.tsx'
import { useHost } from '../queries.ts'

export function HostPage({ id }: { id: string }) {
  const query = useHost(id)
  return (
    <>
      <Anchor component={Link} href="/hosts" size="sm">
        All hosts
      </Anchor>
      <Answered query={query}>{(host) => <Shown host={host} />}</Answered>
    </>
  )
}

function Shown({ host }: { host: HostDetail }) {
  const refresh = useRefresh(host.id)
  return (
    <Stack gap="lg">
      <PageHead
        title={host.name}
        actions={
          <>
            <IfMay call="refreshHost">
              <Button
                variant="default"
                leftSection={<IconRefresh size={16} aria-hidden />}
                loading={refresh.isPending}
                onClick={() => refresh.mutate()}
              >
                Refresh
              </Button>
            </IfMay>
            <JobButtons host={host} />
            <HostMenu host={host} />
          </>
        }
      />
      {refresh.error && <FailureAlert title="The host could not be read" error={refresh.error} />}
      <Sheet title="State">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <HostState host={host} />
          <Updates host={host} />
        </SimpleGrid>
      </Sheet>
      <HostPatches host={host} />
      <HostPackages host={host} />
      <HostJobs host={host} />
      <Sheet title="Facts">
        <HostFacts host={host} />
      </Sheet>
    </Stack>
  )
}

const JobButtons = ({ host: { id } }: { host: HostDetail }) => (
  <>
    <NewJobButton variant="default" Icon={IconPlus} draft={{ kind: 'install', host_ids: [id] }}>
      Install a package
    </NewJobButton>
    <NewJobButton variant="default" Icon={IconPower} draft={{ kind: 'reboot', host_ids: [id] }}>
      Reboot
    </NewJobButton>
    <NewJobButton Icon={IconShieldCheck} draft={{ kind: 'patch_apply', host_ids: [id] }}>
      Apply all patches
    </NewJobButton>
  </>
)

function useRefresh(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.refreshHost({ id }),
    onSuccess(host) {
      queries.setQueryData(['host', id], host)
      notifications.show({ color: 'green', message: `${host.name} was read just now.` })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['hosts'] }),
  })
}
