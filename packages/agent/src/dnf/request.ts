import type { TransactionRequest, Wanted } from '../package-manager.ts'
import { readName } from './installed.ts'
import type { Asked, Exact } from './program.ts'
import { isSavedFile } from './saved-file.ts'

/** A request as the program is told it. Every word is exact, and none of them made by whoever asked. */
export function toAsked(request: TransactionRequest, comment = ''): Asked {
  const { operation, remove, files, exclude_packages, force, no_recommends } = request
  return {
    comment,
    install: request.packages.map(exactly),
    remove,
    files: files.map(saved),
    exclude: exclude_packages.map((name) => readName(name).plain),
    again: force && operation !== 'remove',
    weak: !no_recommends && operation === 'install',
    // What else would have to go is looked at in the plan.
    erase: operation === 'remove' || operation === 'rollback',
  }
}

function exactly({ name, version }: Wanted): Exact {
  if (version === null) throw new Error(`${name} was not resolved before it was to run`)
  const { plain, arch } = readName(name)
  return { name: plain, arch, version }
}

function saved(path: string): string {
  if (!isSavedFile(path)) throw new Error(`${path} is not a saved package`)
  return path
}
