import type { PackageState, Saved, Snapshot } from '../package-manager.ts'

/** A package may be called `constructor`. */
export const stateOf = (snapshot: Snapshot, name: string): PackageState | undefined =>
  Object.hasOwn(snapshot, name) ? snapshot[name] : undefined

/** What is left of a package that went is no version of it. */
export function versionOf(snapshot: Snapshot, name: string): string | null {
  const found = stateOf(snapshot, name)
  return found && found.state !== 'residual' ? found.version : null
}

const isSame = (one: PackageState | undefined, other: PackageState | undefined) =>
  one?.version === other?.version && one?.state === other?.state

/** Names of packages that are not in one snapshot as they are in the other. Marks are not counted. */
export const touched = (before: Snapshot, after: Snapshot): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isSame(stateOf(before, name), stateOf(after, name)))
    .toSorted()

/** Packages that were there and still are, and are not marked as they were. */
export const remarked = (before: Snapshot, now: Snapshot): string[] =>
  Object.keys(before).filter((name) => {
    const isThere = versionOf(before, name) !== null && versionOf(now, name) !== null
    return isThere && stateOf(before, name)?.automatic !== stateOf(now, name)?.automatic
  })

export const restrict = (snapshot: Snapshot, names: string[]): Snapshot =>
  Object.fromEntries(
    names.flatMap((name) => {
      const found = stateOf(snapshot, name)
      return found ? [[name, found]] : []
    }),
  )

/** Packages that are neither as a job left them nor as they were before it: somebody else was there since. */
export const changedSince = (before: Snapshot, after: Snapshot, now: Snapshot): string[] =>
  touched(before, after).filter(
    (name) =>
      !isAsLeft(stateOf(after, name), stateOf(now, name)) &&
      versionOf(now, name) !== versionOf(before, name),
  )

/** What a job left broken may be repaired since, by the very rollback that asks. */
const isAsLeft = (after: PackageState | undefined, now: PackageState | undefined) =>
  isSame(after, now) ||
  (after?.state === 'broken' && now?.state === 'installed' && now.version === after.version)

/** Why what was before cannot be had again, for the first package of which that is so. */
export function whyNotSaved(before: Snapshot, after: Snapshot, { missing }: Saved): string | null {
  const names = touched(before, after).filter((name) => versionOf(before, name) !== null)
  const lost = names.find((name) => Object.hasOwn(missing, name))
  return lost === undefined ? null : `${lost} was not kept: ${missing[lost]}`
}
