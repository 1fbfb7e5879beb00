import { join } from 'node:path'
import type { Mark } from '../package-manager.ts'

/** Which of the two programs called dnf a host has. */
export type Generation = 4 | 5

type Spelling = {
  /** A folder that Python runs. It lies beside the code that calls it, in the checkout as in what is installed. */
  program: string
  /** What the administrator of a host that lacks its library is told. */
  library: string
  mark: (as: Mark) => string[]
}

/** What the two call differently. */
export const spellings: Record<Generation, Spelling> = {
  4: {
    program: join(import.meta.dirname, 'dnf4'),
    library: 'python3-dnf',
    mark: (as) => ['mark', { automatic: 'remove', manual: 'install' }[as]],
  },
  5: {
    program: join(import.meta.dirname, 'dnf5'),
    library: 'python3-libdnf5',
    // To mark is a transaction too, and would ask.
    mark: (as) => ['--assumeyes', 'mark', { automatic: 'dependency', manual: 'user' }[as]],
  },
}
