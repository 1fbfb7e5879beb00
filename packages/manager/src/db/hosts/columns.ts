import type { GroupReference } from '@linux-patch/shared/group'
import { sql } from 'kysely'
import type { HostFacts, HostRecord, OfCertificate } from './hosts.ts'
import { flagOrNull } from '../flag.ts'
import type { Row, Schema } from '../schema.ts'
import { isOwnGroup, type Scope } from '../scope.ts'

export const hostName = sql<string>`case when host.display_name <> '' then host.display_name else host.fqdn end`

type Shown = 'not_before' | 'not_after' | 'fetched_at'
/** Of the one in use: one that replaces another in force is not, until its host comes with it. */
const ofActiveCertificate = (column: Shown) => sql<string | null>`(
  select ${sql.ref(column)} from certificate where host_id = host.id and certificate.status = 'active'
    and not exists (
      select 1 from certificate as replaced
      where replaced.id = certificate.replaces_id and replaced.status = 'active'
    )
  order by not_after desc limit 1
)`

/** `id name` of each, a line each: names have no line breaks. */
const groupLines = (scope: Scope) => sql<string | null>`(
  select string_agg(host_group.id || ' ' || host_group.name, ${'\n'} order by host_group.name)
  from host_group_member join host_group on host_group.id = host_group_member.group_id
  where host_group_member.host_id = host.id and ${isOwnGroup(scope, 'host_group.id')}
)`

/** What a host's row says only together with others. Of its groups those that whoever asks takes care of. */
export const derivedFor = (scope: Scope) =>
  [
    hostName.as('name'),
    ofActiveCertificate('not_before').as('certificate_not_before'),
    ofActiveCertificate('not_after').as('certificate_not_after'),
    ofActiveCertificate('fetched_at').as('certificate_fetched_at'),
    groupLines(scope).as('groups'),
  ] as const

/** What a list shows of a host: all but what is long. */
export const columns = [
  'id',
  'machine_id',
  'fqdn',
  'ip_address',
  'display_name',
  'os',
  'agent_version',
  'agent_port',
  'status',
  'last_seen_at',
  'attempted_at',
  'last_failure',
  'read_at',
  'lists_updated_at',
  'lists_failure',
  'updates_total',
  'updates_security',
  'updates_blocked',
  'pending_reboot',
  'crl_state',
  'key_fingerprint',
  'tags',
  'notes',
  'registered_at',
  'retired_at',
  'retired_reason',
] as const satisfies (keyof Schema['host'])[]

type Listed = Pick<Row<'host'>, (typeof columns)[number]> &
  Pick<HostRecord, 'name' | OfCertificate> & { groups: string | null }

export const toHost = (row: Listed): HostRecord => ({
  ...row,
  os: JSON.parse(row.os),
  tags: JSON.parse(row.tags),
  pending_reboot: row.pending_reboot === null ? null : row.pending_reboot === 1,
  groups: row.groups === null ? [] : row.groups.split('\n').map(toGroup),
})

const toGroup = (line: string): GroupReference => {
  const end = line.indexOf(' ')
  return { id: line.slice(0, end), name: line.slice(end + 1) }
}

/** JSON and flags as they are stored; what is left out stays as it is. */
export const toColumns = ({ os, tags, patches, packages, pending_reboot, ...rest }: HostFacts) => ({
  ...rest,
  ...(tags && { tags: JSON.stringify(tags) }),
  ...(os && { os: JSON.stringify(os) }),
  ...(patches && { patches: JSON.stringify(patches) }),
  ...(packages && { packages: JSON.stringify(packages) }),
  ...(pending_reboot !== undefined && { pending_reboot: flagOrNull(pending_reboot) }),
})
