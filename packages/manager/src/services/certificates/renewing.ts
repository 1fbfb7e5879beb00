import { setTimeout as wait } from 'node:timers/promises'
import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Agents } from '../../agents/connect.ts'
import type { ListedCertificate } from '../../db/certificates/list.ts'
import type { Database } from '../../db/open.ts'
import type { Log } from '../../log.ts'
import { entryFor } from '../audit/audit.ts'
import { scopeOf, type ManagerCall } from '../caller.ts'
import { forEach, matching } from './certificate-bulk.ts'
import { toCertificate } from './certificate-view.ts'
import type { HostCertificates } from './host-certificates.ts'
import type { OperatorCertificates } from './operator-certificates.ts'

type Deps = {
  database: Database
  hostCertificates: Pick<HostCertificates, 'renew'>
  operatorCertificates: Pick<OperatorCertificates, 'renew'>
  agents: Agents
  log: Log
  now: () => Date
}
type Asked = Input<ManagerApi['renewCertificate']>

/** For how long whoever asks waits for the hosts to hear of it. */
const PATIENCE = 2000

/** How a person has certificates renewed before they are due. */
export function renewing(deps: Deps) {
  const { database, hostCertificates, operatorCertificates, now } = deps
  const { certificateList } = database.stores
  const view = async (id: string, call: ManagerCall) =>
    toCertificate(await certificateList.get(id, scopeOf(call), now().toISOString()))

  async function issueFor(before: ListedCertificate, asked: Asked, call: ManagerCall) {
    const { csr_pem, passphrase } = asked
    if (before.kind === 'operator') {
      const input = { name: before.name ?? '', csr_pem, passphrase }
      return operatorCertificates.renew(before.id, input, call)
    }
    if (passphrase !== undefined) throw noFile()
    return csr_pem === undefined ? null : hostCertificates.renew(before, csr_pem, call)
  }

  async function renew(asked: Asked, call: ManagerCall) {
    const before = await certificateList.get(asked.id, scopeOf(call), now().toISOString())
    refuseEnded(before)
    const issued = await issueFor(before, asked, call)
    const told = issued === null && (await askHosts(deps, [before], call)).has(before.id)
    return { certificate: await view(before.id, call), issued, told }
  }

  /** Asks the hosts; an operator has to come for its own. */
  async function renewAll(criteria: Input<ManagerApi['renewCertificates']>, call: ManagerCall) {
    const wanted: ListedCertificate[] = []
    const asked = { criteria, scope: scopeOf(call), now: now() }
    const meant = await matching(database.stores, asked)
    const { done, ...outcome } = await forEach(meant, async (certificate) => {
      if (certificate.state !== 'active' || isOwn(certificate)) return false
      if (certificate.kind === 'operator') throw byItself()
      wanted.push(certificate)
      return true
    })
    await askHosts(deps, wanted, call)
    return { ...outcome, total_renewed: done }
  }

  return { renew, renewAll }
}

/** Puts it down for hosts to find, and tells those that answer. Answers which have heard, by certificate. */
async function askHosts(deps: Deps, certificates: ListedCertificate[], call: ManagerCall) {
  const { database, now } = deps
  const heard = new Set<string>()
  for (const certificate of certificates) {
    const { id, host_id, serial } = certificate
    await database.transaction(async (stores) => {
      await stores.hostCertificates.wantRenewal([id], now().toISOString())
      const what = { action: 'certificate_renewal_ask', target_type: 'certificate', target_id: id }
      await stores.audit.append(entryFor(call, now(), { ...what, details: { host_id, serial } }))
    })
  }
  const telling = certificates.map(async (certificate) => {
    if (await tell(deps, certificate)) heard.add(certificate.id)
  })
  await Promise.race([Promise.all(telling), wait(PATIENCE, undefined, { ref: false })])
  return heard
}

async function tell({ database, agents, log }: Deps, { host_id }: ListedCertificate) {
  try {
    const { id, ip_address, agent_port } = await database.stores.hosts.get(host_id ?? '', 'all')
    await agents.at({ host_id: id, ip_address, agent_port }).reloadConfig()
    return true
  } catch (error) {
    const reason = error instanceof Failure ? error.message : String(error)
    log.warn({ host_id, reason }, 'host not told to renew its certificate')
    return false
  }
}

const isOwn = ({ kind }: ListedCertificate) => kind !== 'agent' && kind !== 'operator'

function refuseEnded(certificate: ListedCertificate) {
  if (isOwn(certificate))
    throw new Failure('conflict', 'The manager renews its own certificates by itself.', {
      details: { reason: 'own_certificate' },
    })
  const { state } = certificate
  if (state === 'active') return
  throw new Failure(
    'conflict',
    `This certificate is ${state}, and what has ended is not renewed: issue another one.`,
    { details: { reason: state } },
  )
}

const noFile = () =>
  new Failure('invalid_request', 'A host keeps its own key: leave out passphrase.')

const byItself = () =>
  new Failure('conflict', 'Its owner has to renew it: POST /certificates/{id}/renew.')
