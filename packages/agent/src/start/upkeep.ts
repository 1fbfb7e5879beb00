import { Failure } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { runOwn } from '../run.ts'
import type { Own } from '../services/certificates.ts'
import { enrolledManager } from '../services/enrolled-manager.ts'
import type { Log } from '../services/log.ts'
import type { Settings } from '../services/settings.ts'
import { finishRenewal } from '../services/renewal-state.ts'
import { takeTrust } from '../services/trust.ts'
import { upkeep } from '../services/upkeep.ts'
import { upkeepState } from '../services/upkeep-state.ts'

type Deps = {
  settings: Settings
  places: Places
  log: Log
  /** Told whenever something was done. */
  worked: () => void
}

/** What the command `renew` ends with where the manager has let the host go. */
export const RETIRED_EXIT = 5

const now = () => new Date()

/** What the running agent does so that its certificate, its roots and its revocation lists are those of now. */
export function keepUp({ settings, places, log, worked }: Deps) {
  const state = upkeepState(places.upkeep)
  const keeping = upkeep({
    own: settings.own.own,
    async pull(asked: Own, signal) {
      // The manager lets the old pair in for a day at most.
      if (await finishRenewal(places)) await settings.reload()
      const own = settings.own.own() ?? asked
      const trust = await enrolledManager(places, own).getTrust({}, { signal })
      await takeTrust(trust, { places, own, now, signal })
      return trust
    },
    renew: (signal) => renewApart(places, signal),
    async apply() {
      await settings.reload()
      worked()
    },
    state,
    log,
    now,
  })
  return { ...keeping, state }
}

/** What a certificate request takes is large, and an agent would keep it in memory for ever. */
async function renewApart({ root }: Places, signal: AbortSignal) {
  const { exitCode, stderr } = await runOwn(['--root', root, 'renew'], signal)
  if (exitCode === 0) return
  const why = stderr.trim() || `It ended with ${exitCode}.`
  throw new Failure(exitCode === RETIRED_EXIT ? 'host_retired' : 'unavailable', why)
}
