import { Group } from '@mantine/core'
import { HostStatus, type Host } from '@linux-patch/shared/host'
import { managerApi } from '@linux-patch/shared/manager-api'
import { IconPlus, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Answered } from '../parts/answered.tsx'
import { DialogButton } from '../parts/dialog-button.tsx'
import { HostTable } from '../parts/host-table.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { NewHostForm } from '../parts/new-host-form.tsx'
import { NewJobButton } from '../parts/new-job-button.tsx'
import { NoHosts } from '../parts/no-hosts.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Pager } from '../parts/pager.tsx'
import { SearchFilter } from '../parts/search-filter.tsx'
import { StatusFilter } from '../parts/status-filter.tsx'
import { hostLooks } from '../parts/status.tsx'
import { Whose } from '../parts/whose.tsx'
import { useHosts } from '../queries.ts'
import { useFilter } from '../use-filter.ts'

const PAGE = 25
const Filter = managerApi.listHosts.input

export function HostsPage() {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const { page, text, set } = useFilter()
  const narrowed = text('search') !== '' || text('status') !== ''
  const query = useHosts({
    search: text('search') || undefined,
    status: HostStatus.safeParse(text('status')).data,
    sort: Filter.shape.sort.catch('name').parse(text('sort') || 'name'),
    order: Filter.shape.order.catch('asc').parse(text('order') || 'asc'),
    limit: PAGE,
    offset: (page - 1) * PAGE,
  })

  return (
    <>
      <PageHead
        title="Hosts"
        below={<Whose />}
        actions={
          <>
            <IfMay call="addHost">
              <EnterHost />
            </IfMay>
            <ChosenActions chosen={chosen} />
          </>
        }
      />
      <Narrow />
      <Answered query={query}>
        {({ hosts, total, offset, limit }) =>
          hosts.length === 0 ? (
            <NoHosts narrowed={narrowed} />
          ) : (
            <>
              <HostTable
                hosts={hosts}
                chosen={chosen}
                onChoose={(rows, on) => setChosen(chooseIn(chosen, rows, on))}
              />
              <Pager
                what="hosts"
                {...{ total, offset, limit }}
                onPage={(next) => set({ page: String(next) })}
              />
            </>
          )
        }
      </Answered>
    </>
  )
}

function chooseIn(chosen: ReadonlySet<string>, hosts: Host[], on: boolean) {
  const after = new Set(chosen)
  for (const { id } of hosts)
    if (on) after.add(id)
    else after.delete(id)
  return after
}

const EnterHost = () => (
  <DialogButton words="Enter a host" title="Enter a host by hand" Icon={IconPlus} variant="default">
    {(onClose) => <NewHostForm onClose={onClose} />}
  </DialogButton>
)

const ChosenActions = ({ chosen }: { chosen: ReadonlySet<string> }) => (
  <NewJobButton
    draft={{ kind: 'patch_apply', host_ids: [...chosen] }}
    disabled={chosen.size === 0}
    Icon={IconShieldCheck}
  >
    {chosen.size === 0 ? 'Apply patches' : `Apply patches (${chosen.size} selected)`}
  </NewJobButton>
)

const Narrow = () => (
  <Group mb="md" role="search">
    <SearchFilter label="Search hosts" placeholder="Search by name, address or system" />
    <StatusFilter statuses={HostStatus.options} looks={hostLooks} />
  </Group>
)
