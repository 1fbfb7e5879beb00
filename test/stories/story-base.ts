import type { Base } from '../lab/root.ts'

/** What the stories are told on: the first in every run of the tests, all of them by `npm run matrix`. */
export const storyBases = ['debian-12', 'debian-13', 'ubuntu-24.04'] as const satisfies Base[]
export type StoryBase = (typeof storyBases)[number]

/** The base that LAB_BASE names, or the first. */
export function storyBase(): StoryBase {
  const named = process.env.LAB_BASE ?? storyBases[0]
  if (isStoryBase(named)) return named
  throw new Error(`LAB_BASE is ${named}; the stories are told on ${storyBases.join(', ')}.`)
}

export const isStoryBase = (name: string): name is StoryBase =>
  (storyBases as readonly string[]).includes(name)
