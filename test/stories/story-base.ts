import type { Base, DnfBase } from '../lab/root.ts'

/** What the stories are told on: the first in every run of the tests, all of them by `npm run matrix`. */
export const storyBases = ['debian-12', 'debian-13', 'ubuntu-24.04'] as const satisfies Base[]
export type StoryBase = (typeof storyBases)[number]

/** The same for those of hosts that live by dnf. */
export const dnfBases = ['dnf', 'dnf5'] as const satisfies DnfBase[]

/** The base that LAB_BASE names, or the first. */
export const storyBase = (): StoryBase =>
  storyBases.find((base) => base === named()) ?? storyBases[0]
export const dnfBase = (): DnfBase => dnfBases.find((base) => base === named()) ?? dnfBases[0]

export const isBase = (name: string): name is StoryBase | DnfBase =>
  [...storyBases, ...dnfBases].some((base) => base === name)

function named(): string | undefined {
  const name = process.env.LAB_BASE
  if (name === undefined || isBase(name)) return name
  const bases = [...storyBases, ...dnfBases].join(', ')
  throw new Error(`LAB_BASE is ${name}; the stories are told on ${bases}.`)
}
