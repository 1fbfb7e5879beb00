import type { Health } from '@linux-patch/shared/agent-api/system'
import { Failure } from '@linux-patch/shared/failure'
import type { Package } from '@linux-patch/shared/package'
import type { Agent, Agents } from '../../agents/connect.ts'
import type { HostFacts, HostRecord, Hosts } from '../../db/hosts/hosts.ts'
import type { Log } from '../../log.ts'
import type { Live } from '../live.ts'

type Deps = {
  hosts: Hosts
  agents: Agents
  live: Live
  log: Log
  now: () => Date
  patience_ms?: number
}

export type HostReading = ReturnType<typeof hostReading>

const PAGE = 1000
/** Of updates, and of patches. */
const MOST = 20_000
/** Twice what that takes, for a list may shrink while it is read. */
const PAGES = (2 * MOST) / PAGE
/** Each answer is waited for on its own; of many slow ones a reading would never end. */
const PATIENCE = 5 * 60_000

/** Asks hosts for what they have, and keeps it. Two who want the same host read at once share one reading. */
export function hostReading({ hosts, agents, live, log, now, patience_ms = PATIENCE }: Deps) {
  const underWay = new Map<string, Promise<Failure | undefined>>()

  /** Answers the failure that stopped it, which the host's row says too. What was known before stays, with its age. */
  async function readNow(host: HostRecord): Promise<Failure | undefined> {
    const attempted_at = now().toISOString()
    try {
      const facts = await askInTime(agents.at({ ...host, host_id: host.id }), patience_ms)
      await hosts.update(host.id, {
        ...facts,
        // What was approved stays; of a host that somebody entered it is not known before.
        machine_id: host.machine_id || facts.machine_id,
        ...(hasCertificate(host) ? {} : { status: 'pending' }),
        attempted_at,
        last_seen_at: attempted_at,
        read_at: attempted_at,
      })
      return undefined
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn({ host_id: host.id, code: error.code, reason: error.message }, 'host not read')
      await hosts.update(host.id, { attempted_at, ...sayFailure(host, error) })
      return error
    } finally {
      live.changed('hosts')
    }
  }

  function read(host: HostRecord): Promise<Failure | undefined> {
    const known = underWay.get(host.id)
    if (known) return known
    const reading = readNow(host).finally(() => underWay.delete(host.id))
    underWay.set(host.id, reading)
    return reading
  }

  return {
    read,
    /** After a change: a reading that is under way may have seen the host as it was before. */
    async readAgain(host: HostRecord) {
      await underWay.get(host.id)?.catch(() => {})
      return read(host)
    },
  }
}

async function askInTime(agent: Agent, patience_ms: number): Promise<HostFacts> {
  const signal = AbortSignal.timeout(patience_ms)
  try {
    return await ask(agent, signal)
  } catch (cause) {
    if (!signal.aborted) throw cause
    throw new Failure('host_unreachable', 'The host answers too slowly to be read.', { cause })
  }
}

/** One reading: health, system, patches and the packages that have an update. */
async function ask(agent: Agent, signal: AbortSignal): Promise<HostFacts> {
  const health = await agent.getHealth({}, { signal })
  const info = await agent.getSystemInfo({}, { signal })
  const { packages, lists_updated_at, lists_failure } = await allUpgradable(agent, signal)
  const { items: patches } = await allPatches(agent, signal)
  return {
    ...sayHealth(health),
    agent_version: info.agent_version,
    machine_id: info.machine_id,
    os: { ...info.os, id_like: '', kernel: info.kernel.version },
    pending_reboot: info.pending_reboot,
    lists_updated_at,
    lists_failure,
    ...count(packages, lists_updated_at),
    patches,
    packages,
  }
}

async function allUpgradable(agent: Agent, signal: AbortSignal) {
  const { first, items } = await allPages('updates', async (page) => {
    const answer = await agent.listPackages({ status: 'upgradable', ...page }, { signal })
    return { answer, items: answer.packages }
  })
  return { ...first, packages: items }
}

const allPatches = (agent: Agent, signal: AbortSignal) =>
  allPages('patches', async (page) => {
    const answer = await agent.listPatches({ status: 'available', ...page }, { signal })
    return { answer, items: answer.patches }
  })

type OnePage<Answer, Item> = { answer: Answer; items: Item[] }

/** A whole list, and its first page for what that says beside. A cut one would pass for the whole: too long is a failure. */
async function allPages<Answer extends { total: number }, Item>(
  what: string,
  ask: (page: { limit: number; offset: number }) => Promise<OnePage<Answer, Item>>,
) {
  const items: Item[] = []
  let first: Answer | undefined
  for (let pages = 1; ; pages++) {
    const { answer, items: next } = await ask({ limit: PAGE, offset: items.length })
    first ??= answer
    items.push(...next)
    if (items.length >= answer.total || next.length === 0) return { first, items }
    // A host may be hostile, and its list without end.
    if (items.length >= MOST)
      throw new Failure('host_refused', `The host names more than ${MOST} ${what}.`)
    if (pages === PAGES)
      throw new Failure('host_refused', `The host names its ${what} in more than ${PAGES} answers.`)
  }
}

/** A host without package lists has unknown updates, not none. */
function count(packages: Package[], listsUpdatedAt: string | null) {
  if (listsUpdatedAt === null)
    return { updates_total: null, updates_security: null, updates_blocked: null }
  return {
    updates_total: packages.length,
    updates_security: packages.filter(({ security }) => security).length,
    updates_blocked: packages.filter(({ blocked_by }) => blocked_by !== null).length,
  }
}

/** One that came back under a new key may still answer with the certificate that it had. */
const hasCertificate = ({ certificate_not_after, certificate_fetched_at }: HostRecord) =>
  certificate_not_after === null || certificate_fetched_at !== null

/** A host that is asked too often says nothing about how it is; one that never answered is waited for. */
function sayFailure(host: HostRecord, { code, message }: Failure): HostFacts {
  if (code === 'RATE_LIMIT_EXCEEDED') return {}
  if (code !== 'host_unreachable') return { status: 'degraded', last_failure: message }
  const status = host.status === 'pending' ? 'pending' : 'unreachable'
  return { status, last_failure: message }
}

const sayHealth = ({ status, details, crl }: Health) => ({
  crl_state: crl ?? null,
  status: status === 'healthy' ? ('healthy' as const) : ('degraded' as const),
  last_failure: status === 'healthy' ? null : Object.values(details).join(' '),
})
