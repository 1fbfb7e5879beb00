import { rm } from 'node:fs/promises'
import type { Run } from '../run.ts'
import { cacheOfPackages } from './commands.ts'
import { fingerprint, type StatePaths } from './state.ts'

type Deps = { paths: StatePaths; cacheFolder: string }

/**
 * Throws apt's cache of the installed packages away when something has changed. apt judges that cache by the size of
 * dpkg's status file and by the second of its time, so of two changes within one second it may not see the later one,
 * and then never does.
 */
export function withFreshCache(run: Run, { paths, cacheFolder }: Deps): Run {
  let seen = ''
  return async (program, args, options) => {
    const isOfApt = program === 'aptCache' || program === 'aptGet' || program === 'aptMark'
    const mark = isOfApt ? await fingerprint(paths) : seen
    if (mark !== seen) {
      seen = mark
      await rm(cacheOfPackages(cacheFolder), { force: true })
    }
    return run(program, args, options)
  }
}
