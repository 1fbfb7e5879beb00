import { Failure } from '@linux-patch/shared/failure'
import type { Config } from '../config.ts'

export type Listener = {
  config: (config: Config) => void | Promise<void>
  whitelist: () => void
  certificates: (changed: 'certificate' | 'authority') => void | Promise<void>
}
type Changed = { config: boolean; certificates: 'same' | 'certificate' | 'authority' }

const NOTHING: Changed = { config: false, certificates: 'same' }

/** Puts new settings in force, one after the other. What could not be is owed, and tried again at the next look. */
export function applying() {
  let listener: Listener | undefined
  let owed = NOTHING
  let problem: string | null = null
  let turn: Promise<void> = Promise.resolve()

  async function apply(value: () => Config) {
    if (!listener) return
    const due = owed
    owed = NOTHING
    try {
      listener.whitelist()
      if (due.config) await listener.config(value())
      if (due.certificates !== 'same') await listener.certificates(due.certificates)
      problem = null
    } catch (cause) {
      owed = both(due, owed)
      problem = `The settings are right but not in force: ${wordOf(cause)}`
      throw new Failure('CONFIG_RELOAD_ERROR', problem, { cause })
    }
  }

  return {
    to: (one: Listener) => void (listener = one),
    addresses: () => listener?.whitelist(),
    problem: () => problem,

    take(changed: Changed, value: () => Config): Promise<void> {
      if (listener) owed = both(owed, changed)
      const work = turn.then(() => apply(value))
      turn = work.catch(() => undefined)
      return work
    },
  }
}

const both = (one: Changed, other: Changed): Changed => ({
  config: one.config || other.config,
  certificates: worse(one.certificates, other.certificates),
})

const worse = (one: Changed['certificates'], other: Changed['certificates']) =>
  one === 'authority' || other === 'same' ? one : other

const wordOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
