import { once } from 'node:events'
import { Listr, PRESET_TIMER } from 'listr2'

export type Say = (line: string) => void
export type Step<Result> = { title: string; work: (say: Say) => Promise<Result> }
export type Together = ReturnType<typeof progress>

type Steps = Record<string, Step<unknown>>
type Results<S extends Steps> = { [Name in keyof S]: Awaited<ReturnType<S[Name]['work']>> }

const look = {
  // Some terminals do not say how wide they are, and each letter would get a line of its own.
  fallbackRendererCondition: () => !process.stdout.isTTY || !process.stdout.columns,
  rendererOptions: { timer: PRESET_TIMER, collapseErrors: false },
  fallbackRendererOptions: { timer: PRESET_TIMER },
}

/** A terminal shows it below its step; elsewhere the lines of all steps are mixed. */
const shown = (name: string, line: string) => (process.stdout.isTTY ? line : `${name}: ${line}`)

/**
 * Runs what may run at once, each step on a line of its own with its time, and gives what came of
 * each. All come to an end before one that failed is told; but when stopped it throws at once, and
 * shows no failure any more.
 */
export function progress(signal: AbortSignal) {
  const stopped = once(signal, 'abort').then(() => Promise.reject(new Error('stopped')))
  stopped.catch(() => undefined)

  return async <S extends Steps>(steps: S): Promise<Results<S>> => {
    signal.throwIfAborted()
    const results = new Map<string, unknown>(Object.keys(steps).map((name) => [name, undefined]))
    const failures: unknown[] = []
    const tasks = Object.entries(steps).map(([name, { title, work }]) => ({
      title,
      task: async (_: unknown, task: { output: string; skip: (why: string) => void }) => {
        try {
          results.set(name, await work((line) => (task.output = shown(name, line))))
        } catch (failure) {
          failures.push(failure)
          if (!signal.aborted) throw failure
          task.skip(`${title}: stopped`)
        }
      },
    }))
    const options = { concurrent: true, exitOnError: false, registerSignalListeners: false }
    console.log()
    await Promise.race([new Listr(tasks, { ...options, ...look }).run(), stopped])

    if (failures.length > 0) throw failures[0]
    return Object.fromEntries(results) as Results<S>
  }
}
