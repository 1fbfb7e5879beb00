import type { Saved, Snapshot, TransactionRequest } from '../package-manager.ts'

/**
 * What changed goes back to the version it had, what is new goes, and what went comes back. A package that we kept
 * is installed from its file, whether a repository has it or not: so going back needs no network.
 */
export function invert(before: Snapshot, after: Snapshot, { files }: Saved): TransactionRequest {
  const changed = Object.entries(before).filter(
    ([name, { version }]) => after[name]?.version !== version,
  )
  return {
    operation: 'rollback',
    packages: changed
      .filter(([name]) => files[name] === undefined)
      .map(([name, { version }]) => ({ name, version })),
    remove: Object.keys(after).filter((name) => before[name] === undefined),
    files: changed.map(([name]) => files[name]).filter((path) => path !== undefined),
    exclude_packages: [],
    force: false,
    purge: false,
    no_recommends: true,
    allow_downgrade: true,
  }
}
