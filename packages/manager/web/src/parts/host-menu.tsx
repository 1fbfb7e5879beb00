import type { Host } from '@linux-patch/shared/host'
import {
  IconCertificate,
  IconEdit,
  IconLogout,
  IconPlus,
  IconUsersGroup,
} from '@tabler/icons-react'
import { ActionMenu, type Action } from './action-menu.tsx'
import { EditHostForm } from './edit-host-form.tsx'
import { HostCertificateForm } from './host-certificate-form.tsx'
import { HostGroupsForm } from './host-groups-form.tsx'
import { RetireHostForm } from './retire-host-form.tsx'

/** What is done about a host now and then. */
export const HostMenu = ({ host }: { host: Host }) => (
  <ActionMenu label={`More about ${host.name}`} actions={actionsFor(host)} />
)

const actionsFor = (host: Host): Action[] => [
  {
    words: 'Edit',
    Icon: IconEdit,
    call: 'changeHost',
    title: `Edit ${host.name}`,
    dialog: (onClose) => <EditHostForm host={host} onClose={onClose} />,
  },
  {
    words: 'Groups',
    Icon: IconUsersGroup,
    call: 'addHostToGroup',
    title: `Groups of ${host.name}`,
    dialog: (onClose) => <HostGroupsForm host={host} onClose={onClose} />,
  },
  {
    words: 'Certificates',
    Icon: IconCertificate,
    call: 'listCertificates',
    href: `/certificates?search=${encodeURIComponent(host.name)}`,
  },
  {
    words: 'New certificate',
    Icon: IconPlus,
    call: 'issueHostCertificate',
    title: `New certificate for ${host.name}`,
    holds: true,
    dialog: (onClose) => <HostCertificateForm host={host} onClose={onClose} />,
  },
  {
    words: 'Let go',
    Icon: IconLogout,
    color: 'red',
    call: 'retireHost',
    title: `Let ${host.name} go`,
    dialog: (onClose) => <RetireHostForm host={host} onClose={onClose} />,
  },
]
