import {
  IconCertificate,
  IconHistory,
  IconKey,
  IconListCheck,
  IconServer2,
  IconSettings,
  IconUserPlus,
  IconUsers,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react'
import type { CallName } from '../rights.ts'

type Place = {
  to: string
  label: string
  Icon: Icon
  /** What it is there for: those who may do that are led there. */
  call: CallName
}

/** Where one can go. */
export const places: Place[] = [
  { to: '/hosts', label: 'Hosts', Icon: IconServer2, call: 'listHosts' },
  { to: '/enrollments', label: 'Enrollment', Icon: IconUserPlus, call: 'listEnrollments' },
  { to: '/jobs', label: 'Jobs', Icon: IconListCheck, call: 'listJobs' },
  { to: '/certificates', label: 'Certificates', Icon: IconCertificate, call: 'listCertificates' },
  { to: '/users', label: 'Users', Icon: IconUsers, call: 'listUsers' },
  { to: '/groups', label: 'Groups', Icon: IconUsersGroup, call: 'listGroups' },
  { to: '/roles', label: 'Roles', Icon: IconKey, call: 'listRoles' },
  { to: '/settings', label: 'Settings', Icon: IconSettings, call: 'getSettings' },
  { to: '/audit', label: 'Audit', Icon: IconHistory, call: 'listAudit' },
]
