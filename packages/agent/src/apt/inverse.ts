import type { Saved, Snapshot, TransactionRequest } from '../package-manager.ts'

/**
 * What changed goes back to the version it had, what is new goes, and what went comes back. A package that we kept
 * is installed from its file, whether an archive has it or not: so going back needs no network.
 */
export function invert(before: Snapshot, after: Snapshot, { files }: Saved): TransactionRequest {
  const changed = Object.entries(before).filter(
    ([name, { version, state }]) =>
      state !== 'residual' &&
      (after[name]?.version !== version || after[name].state === 'residual'),
  )
  const remove = Object.entries(after)
    .filter(([name, { state }]) => state !== 'residual' && isAbsent(before, name))
    .map(([name]) => name)
  return {
    operation: 'rollback',
    packages: changed
      .filter(([name]) => files[name] === undefined)
      .map(([name, { version }]) => ({ name, version })),
    remove,
    files: changed.map(([name]) => files[name]).filter((path) => path !== undefined),
    exclude_packages: [],
    force: false,
    // apt purges all or none: where one of them was there before as configuration alone, that is kept.
    purge: remove.every((name) => before[name] === undefined),
    no_recommends: true,
    allow_downgrade: true,
  }
}

const isAbsent = (snapshot: Snapshot, name: string) =>
  snapshot[name] === undefined || snapshot[name].state === 'residual'
