import type { CertificateGroup } from '@linux-patch/shared/certificate'
import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Grouping, ListedCertificate } from '../../db/certificates/list.ts'
import type { Stores } from '../../db/open.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import { toCertificate } from './certificate-view.ts'
import { FIRST_ROOT } from './roots.ts'

type Deps = Pick<Stores, 'certificateList' | 'hosts' | 'authorityRoots'> & { now: () => Date }

const DAY = 24 * 3_600_000
const EXPIRING_DAYS = 30
const newestOne = { limit: 1, offset: 0, sort: 'created_at', order: 'desc' } as const

/** What can be read of certificates. */
export function certificateService({ certificateList, hosts, authorityRoots, now }: Deps) {
  const at = () => now().toISOString()
  const inDays = (days: number) => new Date(now().getTime() + days * DAY).toISOString()

  async function list(input: Input<ManagerApi['listCertificates']>, call: ManagerCall) {
    const { limit, offset, sort, order, group_by, ...wanted } = input
    const { host_id, expiring_within_days: days, ...rest } = wanted
    const filter = {
      ...rest,
      scope: scopeOf(call),
      host_ids: host_id === undefined ? undefined : [host_id],
      ends_by: days === undefined ? undefined : inDays(days),
    }
    const page = { limit, offset, sort, order, group_by }
    const { rows, total } = await certificateList.list(filter, page, at())
    const times = { now: at(), expiring_by: inDays(EXPIRING_DAYS) }
    const part = { summary: await certificateList.summarize(filter, times), total, limit, offset }
    if (group_by === undefined) return { certificates: rows.map(toCertificate), ...part }
    const totals = await certificateList.countGroups(filter, group_by, at())
    return { groups: inGroups(rows, group_by, totals), ...part }
  }

  return {
    list,
    get: async ({ id }: Input<ManagerApi['getCertificate']>, call: ManagerCall) =>
      toCertificate(await certificateList.get(id, scopeOf(call), at())),

    async export({ id }: Input<ManagerApi['exportCertificate']>, call: ManagerCall) {
      const { cert_pem, root } = await certificateList.get(id, scopeOf(call), at())
      const signer = (await authorityRoots.list()).find(({ fingerprint, secret_name }) =>
        root === null ? secret_name === FIRST_ROOT : fingerprint === root,
      )
      if (!signer) throw new Error(`The root ${root} of a certificate is not on record.`)
      return `${cert_pem.trim()}\n${signer.cert_pem.trim()}\n`
    },

    async ofHost({ host_id }: Input<ManagerApi['getHostCertificate']>, call: ManagerCall) {
      const scope = scopeOf(call)
      const { name } = await hosts.get(host_id, scope)
      const { rows } = await certificateList.list(
        { scope, host_ids: [host_id], status: 'active' },
        newestOne,
        at(),
      )
      const [newest] = rows
      if (newest) return `${newest.cert_pem.trim()}\n`
      throw new Failure('not_found', `${name} has no certificate in force.`)
    },
  }
}

/** The rows come group by group. */
function inGroups(rows: ListedCertificate[], by: Grouping, totals: Map<string, number>) {
  const groups = new Map<string, CertificateGroup>()
  for (const row of rows) {
    const certificate = toCertificate(row)
    const { status, host } = certificate
    const key = by === 'status' ? status : (host?.id ?? '')
    const group = groups.get(key) ?? {
      status: by === 'status' ? status : null,
      host: by === 'host' ? host : null,
      total: totals.get(key) ?? 0,
      certificates: [],
    }
    group.certificates.push(certificate)
    groups.set(key, group)
  }
  return [...groups.values()]
}
