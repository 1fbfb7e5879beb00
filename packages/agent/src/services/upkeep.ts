import { stateOfCertificate } from '@linux-patch/shared/certificate-state'
import { Failure } from '@linux-patch/shared/failure'
import { fingerprint } from '../pki/peer.ts'
import type { Own } from './certificates.ts'
import type { Log } from './log.ts'
import type { UpkeepState } from './upkeep-state.ts'
import { dueAt, MINUTE, nextIn } from './upkeep-times.ts'

type Deps = {
  own: () => Own | null
  /** Asks the manager whom to trust and takes that; answers whether somebody wants the certificate renewed. */
  pull: (own: Own, signal: AbortSignal) => Promise<{ renew: boolean }>
  renew: (signal: AbortSignal) => Promise<void>
  /** Puts in force what is new. */
  apply: () => Promise<unknown>
  state: UpkeepState
  log: Log
  now: () => Date
}
/** Puts on record what happened. */
export type Note = (event: string, fields: Record<string, string>) => void
export type Upkeep = ReturnType<typeof upkeep>

/** Keeps what this host trusts and proves itself with up to date, as long as its manager has not let it go. */
export function upkeep({ own, pull, renew, apply, state, log, now }: Deps) {
  let note: Note = () => undefined
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false
  let stopped = true
  let failures = 0
  let hasRenewed = false
  let isPutOff = false
  const stopping = new AbortController()
  const told = { asked: '', expiring: '' }

  /**
   * The look that follows a renewal never renews: where a clock or the manager is wrong, the new certificate is due as
   * well, and that must not go round and round.
   */
  async function look(current: Own) {
    const isFollowing = hasRenewed
    hasRenewed = false
    isPutOff = false
    try {
      const wanted = await pull(current, stopping.signal)
      const isDue = wanted.renew || dueAt(current.certificate) <= now()
      isPutOff = isFollowing && wanted.renew
      if (!isDue || isFollowing) return
      await renew(stopping.signal)
      hasRenewed = true
    } finally {
      await apply()
    }
  }

  async function turn(current: Own) {
    told.asked = fingerprint(current.certificate)
    try {
      await look(current)
      if (state.value().failure) log.info({}, 'the manager answers again')
      failures = 0
      await keep({ answered_at: now().toISOString(), failure: null, is_retired: false })
    } catch (error) {
      await fail(error)
    }
    tellExpiry(current)
  }

  async function fail(error: unknown) {
    if (stopped) return
    const failure = error instanceof Error ? error.message : String(error)
    const is_retired = error instanceof Failure && error.code === 'host_retired'
    const event = is_retired ? 'host_retired' : 'upkeep_failed'
    // The same again and again is said once.
    if (state.value().failure !== failure) {
      log.warn({ problem: failure }, is_retired ? RETIRED : 'trust and certificate not renewed')
      note(event, { reason: failure })
    }
    failures += 1
    await keep({ failure, is_retired })
  }

  /** On a full disk the agent goes on without a memory of it. */
  const keep = (change: Parameters<UpkeepState['keep']>[0]) =>
    state.keep(change).catch((error: unknown) => log.error({ err: error }, 'not written down'))

  function tellExpiry({ certificate }: Own) {
    const { validFromDate: from, validToDate: to, serialNumber: serial } = certificate
    if (told.expiring === serial || stateOfCertificate({ from, to }, now()) !== 'expiring') return
    told.expiring = serial
    note('certificate_expiring', { serial, not_after: to.toISOString() })
  }

  function schedule() {
    clearTimeout(timer)
    const current = own()
    if (stopped || !current || state.value().is_retired) return
    const left = dueAt(current.certificate).getTime() - now().getTime()
    timer = setTimeout(nudge, isPutOff ? MINUTE : nextIn(failures, left)).unref()
  }

  /** Asks now; if that is under way, once more after it, for it may have been answered too early. */
  function nudge() {
    const current = own()
    if (stopped || !current) return
    if (running) return void (again = true)
    clearTimeout(timer)
    running = turn(current).finally(() => {
      running = undefined
      if (again) {
        again = false
        nudge()
      } else schedule()
    })
  }

  return {
    nudge,

    start(keepNote: Note) {
      note = keepNote
      stopped = false
      nudge()
    },

    /** To be told of other certificates: a host that was let go may have been taken in again. */
    changed() {
      const current = own()
      if (current && fingerprint(current.certificate) !== told.asked) nudge()
    },

    /** What is under way is given up: it may be cut off anywhere. */
    async stop() {
      stopped = true
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}

const RETIRED =
  'the manager has retired this host: it is not asked again until the host is enrolled anew'
