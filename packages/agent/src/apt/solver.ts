import type { Run } from '../run.ts'
import { parseSolution, type Solution } from './blocked.ts'
import type { Known } from './updates.ts'

type Deps = { run: Run; cacheOptions: string[] }

/**
 * Asks apt for the whole upgrade, which takes it a second, once for each state of the host. Whoever cannot wait
 * takes what is known by then.
 */
export function solver(deps: Deps) {
  let last: { of: Known; promise: Promise<Solution | null>; solution: Solution | null } | undefined

  function ask(known: Known) {
    if (last?.of === known) return last
    const mine = { of: known, promise: solve(known, deps), solution: null as Solution | null }
    mine.promise.then(
      (solution) => (mine.solution = solution),
      // Whoever waits is told; for the others it stays unknown, and the next to ask tries again.
      () => {
        if (last === mine) last = undefined
      },
    )
    return (last = mine)
  }

  return {
    whenKnown: (known: Known): Promise<Solution | null> => ask(known).promise,
    /** Null while apt is at it; asking starts it. */
    soFar: (known: Known): Solution | null => ask(known).solution,
  }
}
export type Solver = ReturnType<typeof solver>

async function solve({ updates }: Known, { run, cacheOptions }: Deps): Promise<Solution | null> {
  if (!updates?.size) return null
  // Without the lock, which a job may hold for long, and which is not needed to say no.
  const options = [...cacheOptions, '-o', 'Debug::NoLocking=1']
  const flags = ['--assume-no', '--verbose-versions', '--quiet']
  const { exitCode, stdout } = await run('aptGet', [...options, ...flags, 'dist-upgrade'])
  // 1 is our own "no", 0 that there was nothing to ask. A host that apt cannot upgrade at all has no solution.
  return exitCode === 0 || exitCode === 1 ? parseSolution(stdout) : null
}
