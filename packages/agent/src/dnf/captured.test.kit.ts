import { readFileSync } from 'node:fs'
import { nameOf, parseInstalled, type Installed, type State } from './installed.ts'
import { parseLocks, type Known } from './known.ts'
import type { Answer } from './program.ts'
import { parseUpdateinfo } from './updateinfo.ts'

/** What the programs of a host of the lab printed: dnf 4.14 and rpm 4.18. */
export const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}`, import.meta.url), 'utf8')

const answer = (question: string) => JSON.parse(captured(`lab-${question}.txt`))
export const stateOfLab: State = answer('state')
export const planOfLab: Answer<'plan'> = answer('plan')
const offered: Answer<'known'> = answer('known')

export const installedInLab = (): Installed[] =>
  parseInstalled(captured('lab-installed.txt'), stateOfLab, 'x86_64')

export const byName = (installed = installedInLab()) =>
  new Map(installed.map((one) => [one.name, one]))

export const knownOfLab = (): Known => ({
  installed: installedInLab(),
  updates: new Map(offered.updates.map((one) => [nameOf(one, 'x86_64'), one])),
  advised: new Map([['lab', parseUpdateinfo(captured('lab-updateinfo.xml'))]]),
  problem: offered.problem,
  locks: parseLocks(captured('lab-versionlock.txt')),
  lists_updated_at: null,
})
