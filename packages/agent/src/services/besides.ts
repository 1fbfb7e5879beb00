import { reboots } from './reboots.ts'
import { retention, SWEEP_MS } from './retention.ts'
import { pause, type Running } from './running.ts'

/**
 * What goes on beside the queue: reboots that are waited for, and what is old enough to be forgotten. It looks when
 * something stirs, again and again while there is a reboot to see to, and else hardly ever: an idle agent costs nothing.
 */
export function besides(running: Running) {
  let stirred = Promise.withResolvers<void>()
  const watch = reboots(running)
  const tidy = retention(running)

  return {
    /** A job has come, gone or changed, or the agent stops. */
    stir,

    async run() {
      const timer = setInterval(stir, SWEEP_MS)
      while (!running.stopping.aborted) {
        // Made before the look: what stirs during it is looked at again.
        stirred = Promise.withResolvers()
        if (await look()) await pause(running, 2).catch(() => undefined)
        else await stirred.promise
      }
      clearInterval(timer)
    },
  }

  function stir() {
    stirred.resolve()
  }

  /** Whether it is worth another look soon. */
  async function look(): Promise<boolean> {
    try {
      await watch.look()
      tidy.sweepIfDue()
      return running.store.reboots().length > 0
    } catch (error) {
      running.log.error({ err: error }, 'reboots or old jobs could not be looked at')
      return true
    }
  }
}
