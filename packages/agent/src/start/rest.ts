/** Longer than a caller takes between two questions of one look at the host. */
const QUIET_MS = 5000

type Options = { collect?: (() => unknown) | undefined; quietMs?: number }

/**
 * Gives back the memory that work has taken, once there was none for a while: V8 collects its garbage only when it
 * needs the room. Without `--expose-gc`, with which the agent is started on a host, nothing is done.
 */
export function rest({ collect = collector(), quietMs = QUIET_MS }: Options = {}) {
  let timer: NodeJS.Timeout | undefined
  return {
    /** Says that something was done just now. */
    putOff() {
      if (!collect) return
      clearTimeout(timer)
      timer = setTimeout(collect, quietMs).unref()
    },
  }
}

/** The most thorough one: it also lets go of what was compiled and is not in use. */
const collector = () =>
  globalThis.gc &&
  (() => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }))
