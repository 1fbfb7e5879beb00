import { createHash } from 'node:crypto'
import { Failure } from '@linux-patch/shared/failure'
import type { PlannedChange } from '../package-manager.ts'
import { nameSome } from './text.ts'

const byName = (one: PlannedChange, other: PlannedChange) => (one.name < other.name ? -1 : 1)

/** What makes one transaction the same as another, and nothing else of it: not its size, not its origin. */
export const essence = (changes: PlannedChange[]): PlannedChange[] =>
  changes
    .map(({ name, action, version_before, version_planned }) => ({
      name,
      action,
      version_before,
      version_planned,
    }))
    .toSorted(byName)

const toText = (changes: PlannedChange[]) => JSON.stringify(essence(changes))

export const digestOf = (changes: PlannedChange[]): string =>
  `sha256:${createHash('sha256').update(toText(changes)).digest('hex')}`

/** Changes of a transaction that another one does not have, or has otherwise. */
export const notAmong = (changes: PlannedChange[], others: PlannedChange[]): PlannedChange[] => {
  const known = new Set(others.map((one) => toText([one])))
  return changes.filter((one) => !known.has(toText([one])))
}

/** How one transaction differs from another, by the names of the packages. */
export function compare(from: PlannedChange[], to: PlannedChange[]) {
  const names = (changes: PlannedChange[]) => new Set(changes.map(({ name }) => name))
  const [before, after] = [names(from), names(to)]
  return {
    added: [...after].filter((name) => !before.has(name)).toSorted(),
    removed: [...before].filter((name) => !after.has(name)).toSorted(),
    changed: notAmong(to, from)
      .map(({ name }) => name)
      .filter((name) => before.has(name))
      .toSorted(),
  }
}

type Drift = { expected: string; changes: PlannedChange[]; known: PlannedChange[] | undefined }

/** Refuses a transaction that is not the one that was agreed to. What is new is null where we know only the digest. */
export function refuseDrift({ expected, changes, known }: Drift): void {
  const actual = digestOf(changes)
  if (actual === expected) return
  const news = known ? compare(known, changes) : { added: null, removed: null, changed: null }
  throw new Failure(
    'PLAN_DRIFT',
    `The transaction is not the expected one any more${describe(news)}. Nothing was changed; look at a new preview.`,
    { details: { expected, actual, ...news } },
  )
}

const describe = (news: Record<string, string[] | null>) =>
  Object.entries(news)
    .flatMap(([kind, names]) => (names?.length ? [`; ${kind}: ${nameSome(names)}`] : []))
    .join('')
