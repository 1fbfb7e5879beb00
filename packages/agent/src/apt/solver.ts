import type { Run } from '../run.ts'
import { parseSolution, type Solution } from './blocked.ts'
import { withoutPackageCache } from './commands.ts'
import { untilChanged, type StatePaths } from './state.ts'
import type { Known } from './updates.ts'

type Deps = { run: Run; paths: StatePaths; cacheOptions: string[] }

/**
 * Asks apt for the whole upgrade, which takes it a second, once for each state of the host. Whoever cannot wait
 * takes what is known by then.
 */
export function solver(deps: Deps) {
  const solution = untilChanged(deps.paths, () => solve(deps))
  let last: { of: Known; promise: Promise<Solution | null>; solution: Solution | null } | undefined

  function ask(known: Known) {
    if (last?.of === known) return last
    const promise = known.updates?.size ? solution() : Promise.resolve(null)
    const mine = { of: known, promise, solution: null as Solution | null }
    mine.promise.then(
      (found) => (mine.solution = found),
      // Whoever waits is told; for the others it stays unknown, and the next to ask tries again.
      () => {
        if (last === mine) last = undefined
      },
    )
    return (last = mine)
  }

  return {
    /** For whoever will wait for it: apt has begun then while the packages are still being read. */
    begin: () => void solution().catch(() => undefined),
    whenKnown: (known: Known): Promise<Solution | null> => ask(known).promise,
    /** Null while apt is at it; asking starts it. */
    soFar: (known: Known): Solution | null => ask(known).solution,
  }
}
export type Solver = ReturnType<typeof solver>

async function solve({ run, cacheOptions }: Deps): Promise<Solution | null> {
  const options = [
    ...cacheOptions,
    // Others build that cache at the same time.
    ...withoutPackageCache,
    // Without the lock, which a job may hold for long, and which is not needed to say no.
    '-o',
    'Debug::NoLocking=1',
  ]
  const flags = ['--assume-no', '--verbose-versions', '--quiet']
  // New packages may come and none may go, as with the jobs that install what this calls upgradable.
  const upgrade = ['--with-new-pkgs', 'upgrade']
  const { exitCode, stdout } = await run('aptGet', [...options, ...flags, ...upgrade])
  // 1 is our own "no", 0 that there was nothing to ask. A host that apt cannot upgrade at all has no solution.
  return exitCode === 0 || exitCode === 1 ? parseSolution(stdout) : null
}
