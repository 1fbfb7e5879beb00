import type { IssuedCertificate } from '@linux-patch/shared/certificate'
import type { Input } from '@linux-patch/shared/contract'
import type { PkiBundle } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { ListedCertificate } from '../../db/certificates/list.ts'
import type { CertificateRecord } from '../../db/certificates/certificates.ts'
import type { HostRecord } from '../../db/hosts/hosts.ts'
import type { Stores } from '../../db/open.ts'
import type { Scope } from '../../db/scope.ts'
import type { Authority } from '../../pki/authority.ts'
import { fingerprintOf } from '../../pki/fingerprint.ts'
import { namesIn } from '../../pki/names.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import { conflictWith } from '../enrollment/host-conflict.ts'
import type { HostNames, Issuing } from './issuing.ts'
import type { Live } from '../live.ts'
import { keyFor } from './one-time-key.ts'
import type { RevokingService } from './revoking.ts'

type Deps = Pick<Stores, 'hosts'> & {
  issue: Issuing
  revoking: Pick<RevokingService, 'revokeIn' | 'publish'>
  authority: Pick<Authority, 'roots'>
  /** What a host at this address is told of the manager. */
  introduce: (hostAddress: string) => Promise<PkiBundle['manager']>
  live: Live
  now: () => Date
}
type Asked = Pick<
  Input<ManagerApi['issueHostCertificate']>,
  'host_id' | 'csr_pem' | 'dns_names' | 'ip_addresses'
>
type Reissue = Input<ManagerApi['reissueHostCertificate']>
type How = {
  action: string
  replaces_id?: string
  /** What else happens to the host's certificates in the same transaction. */
  first?: (stores: Stores, host: HostRecord) => Promise<void>
}

export type HostCertificates = ReturnType<typeof hostCertificates>

/** Certificates that a person gets for a host, beside those that its agent gets by itself. */
export function hostCertificates({
  hosts,
  issue,
  revoking,
  authority,
  introduce,
  live,
  now,
}: Deps) {
  async function add(input: Asked, call: ManagerCall, how: How): Promise<IssuedCertificate> {
    const scope = scopeOf(call)
    const { ip_address } = await hosts.get(input.host_id, scope)
    const { publicKey, key_pem } = await keyFor(input.csr_pem)
    const { first = () => Promise.resolve(), ...rest } = how
    const asked = { ...rest, call, input, publicKey, withKey: key_pem !== null }
    const signed = await issue(asked, async (stores) => {
      const host = await managed(stores, input.host_id, scope)
      const names = await namesFor(stores, host, { ...input, scope })
      await first(stores, host)
      if (!(await stores.certificates.activeOf(host.id)))
        await stores.hosts.update(host.id, { key_fingerprint: fingerprintOf(publicKey.rawData) })
      return { kind: 'agent', host, names }
    })
    live.changed('hosts')
    live.changed('certificates')
    const manager = await introduce(ip_address)
    const told = {
      private_key_pem: key_pem,
      pkcs12_base64: null,
      ca_pem: authority.roots().join('\n'),
      manager,
    }
    return { ...signed, ...told }
  }

  /** Of all that the host has in force nothing counts any longer. */
  async function reissue({ reason, ...input }: Reissue, call: ManagerCall) {
    const first = async (stores: Stores, { id }: HostRecord) => {
      const filter = { scope: scopeOf(call), host_ids: [id], status: 'active' } as const
      const page = { limit: 1000, offset: 0, sort: 'created_at', order: 'asc' } as const
      const { rows } = await stores.certificateList.list(filter, page, now().toISOString())
      for (const each of rows) await revoking.revokeIn(stores, each, { reason, call })
    }
    const issued = await add(input, call, { action: 'certificate_reissue', first })
    await revoking.publish()
    return issued
  }

  return {
    issue: (input: Asked, call: ManagerCall) => add(input, call, { action: 'certificate_issue' }),
    reissue,

    /** By a request alone, and under the names of the one before, which holds until the host uses the new one. */
    renew: ({ id, host_id, cert_pem }: ListedCertificate, csr_pem: string, call: ManagerCall) =>
      add({ host_id: host_id ?? '', csr_pem, ...namesIn(cert_pem) }, call, {
        action: 'certificate_renew',
        replaces_id: id,
        first: async ({ hostCertificates: following }) => {
          refuseRenewed(await following.successorOf(id))
          await following.dropSuccessors(id, now().toISOString())
        },
      }),
  }
}

/** What a host has asked for by itself it may hold already, and use at any moment. */
function refuseRenewed(successor: CertificateRecord | undefined) {
  if (!successor || successor.issued_by !== null) return
  throw new Failure('conflict', 'The host has just renewed it by itself: renew the new one.', {
    details: { reason: 'renewed', certificate_id: successor.id },
  })
}

/** Until the transaction ends it stays so, and its agent renews nothing meanwhile. */
async function managed(
  { hosts, hostCertificates }: Stores,
  id: string,
  scope: Scope,
): Promise<HostRecord> {
  await hostCertificates.hold(id)
  const host = await hosts.get(id, scope)
  if (host.retired_at === null) return host
  throw new Failure(
    'conflict',
    `${host.name} has left and gets no more certificates: enrol it again.`,
    {
      details: { reason: 'host_retired' },
    },
  )
}

/** What was left out is as somebody confirmed it before. */
async function namesFor(
  stores: Stores,
  host: HostRecord,
  asked: Asked & { scope: Scope },
): Promise<HostNames> {
  const newest = await stores.certificateList.newestOf(host.id)
  const before = newest
    ? namesIn(newest.cert_pem)
    : { dns_names: [host.fqdn], ip_addresses: [host.ip_address] }
  const names = {
    dns_names: asked.dns_names ?? before.dns_names,
    ip_addresses: asked.ip_addresses ?? before.ip_addresses,
  }
  const { scope } = asked
  for (const fqdn of names.dns_names) await refuseTaken(stores, { host, scope }, { fqdn })
  for (const ip_address of names.ip_addresses)
    await refuseTaken(stores, { host, scope }, { ip_address })
  return names
}

async function refuseTaken(
  { hosts }: Stores,
  { host: { id, machine_id }, scope }: { host: HostRecord; scope: Scope },
  name: { fqdn: string } | { ip_address: string },
) {
  const alike = await hosts.findAlike({ machine_id, fqdn: '', ip_address: '', ...name })
  const other = alike.find((host) => host.id !== id)
  if (!other) return
  throw await conflictWith(
    hosts,
    { known: other, scope },
    (whose) => `${Object.values(name)[0]} belongs to ${whose}.`,
  )
}
