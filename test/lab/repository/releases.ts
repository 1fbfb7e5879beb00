import { livesByDnf, type Base, type DnfBase } from '../root.ts'
import type { Suite } from './deb.ts'

/** A release of a distribution, whose archive the repository passes for. */
export type Release = {
  codename: string
  origin: 'Debian' | 'Ubuntu'
  /** What its archive says of a suite, where apt and the agent tell suites apart. */
  fields: (suite: Suite) => Record<'Origin' | 'Label' | 'Suite' | 'Codename', string>
}

const ending = { release: '', updates: '-updates', security: '-security' } satisfies Record<
  Suite,
  string
>

/** What a suite is called in a source, and its folder below `dists`. */
export const suiteName = ({ codename }: Release, suite: Suite) => `${codename}${ending[suite]}`

const debian = (codename: string): Release => ({
  codename,
  origin: 'Debian',
  fields: (suite) => ({
    Origin: 'Debian',
    Label: suite === 'security' ? 'Debian-Security' : 'Debian',
    Suite: `stable${ending[suite]}`,
    Codename: `${codename}${ending[suite]}`,
  }),
})

/** Here a suite's own name is all that tells it from the others. */
const ubuntu = (codename: string): Release => ({
  codename,
  origin: 'Ubuntu',
  fields: (suite) => ({
    Origin: 'Ubuntu',
    Label: 'Ubuntu',
    Suite: `${codename}${ending[suite]}`,
    Codename: codename,
  }),
})

const releases: Record<Exclude<Base, DnfBase>, Release> = {
  'debian-12': debian('bookworm'),
  'debian-13': debian('trixie'),
  'ubuntu-24.04': ubuntu('noble'),
  machine: debian('bookworm'),
}

/** Whose archive the repository of a lab passes for; that of a lab without such a host is asked by nobody. */
export function releaseOf(bases: Base[]): Release {
  const [release = releases['debian-12'], ...others] = bases
    .filter((base) => !livesByDnf(base))
    .map((base) => releases[base])
  if (others.some(({ codename }) => codename !== release.codename))
    throw new Error('A lab has one apt repository, so its hosts are of one release.')
  return release
}
