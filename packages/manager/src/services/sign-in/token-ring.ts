/** Keys in the order in which they were made: the newest signs, the one before it goes on to be read for a while. */
export type Ring<Key extends Dated> = { keys: Key[] }
type Dated = { made_at: string }

const DAY = 24 * 3_600_000
const REPLACED_AFTER_MS = 90 * DAY
/** How long the tokens of a key that was replaced still count: far longer than any of them lives. */
const OVERLAP_MS = DAY

const ageOf = ({ made_at }: Dated, now: Date) => now.getTime() - Date.parse(made_at)

export const isDue = (ring: Ring<Dated>, now: Date) =>
  ageOf(newestOf(ring), now) >= REPLACED_AFTER_MS

export function newestOf<Key extends Dated>({ keys }: Ring<Key>): Key {
  const newest = keys.at(-1)
  if (!newest) throw new Error('There is no key to sign access tokens with.')
  return newest
}

export const withNext = <Key extends Dated>({ keys }: Ring<Key>, next: Key): Ring<Key> => ({
  keys: [...keys.slice(-1), next],
})

/** Those whose tokens count. */
export const inForce = <Key extends Dated>(ring: Ring<Key>, now: Date): Key[] =>
  ageOf(newestOf(ring), now) < OVERLAP_MS ? ring.keys : [newestOf(ring)]
