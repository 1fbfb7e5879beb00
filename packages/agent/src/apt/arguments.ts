import { PackageName, PackageVersion } from '@linux-patch/shared/package'
import type { TransactionRequest } from '../package-manager.ts'
import { isSavedFile } from './saved-file.ts'

/** What apt-get is told, after its options. Every word is made here, and none of them by whoever asked. */
export const transactionArguments = (request: TransactionRequest): string[] => [
  // For a name that is gone meanwhile apt would look for others like it, as for a regular expression.
  '-o',
  'APT::Cmd::Pattern-Only=true',
  ...wordsOf(request),
]

function wordsOf(request: TransactionRequest): string[] {
  if (request.operation === 'remove') return removeArguments(request)
  return request.operation === 'rollback' ? rollbackArguments(request) : installArguments(request)
}

function installArguments(request: TransactionRequest): string[] {
  const { operation, force, no_recommends, allow_downgrade } = request
  return [
    'install',
    // Nobody asked for a package to go: what cannot be done without that is refused.
    '--no-remove',
    ...(operation === 'install' ? [] : ['--only-upgrade']),
    ...(force ? ['--reinstall'] : []),
    ...(no_recommends ? ['--no-install-recommends'] : []),
    ...(allow_downgrade ? ['--allow-downgrades'] : []),
    '--',
    ...request.packages.map(exactly),
  ]
}

const removeArguments = ({ remove, purge }: TransactionRequest) => [
  purge ? 'purge' : 'remove',
  '--',
  ...remove.map(checked),
]

/** One transaction, because packages that need one exact version of each other only move together. */
const rollbackArguments = ({ packages, files, remove, purge }: TransactionRequest) => [
  'install',
  '--allow-downgrades',
  '--no-install-recommends',
  ...(purge ? ['--purge'] : []),
  '--',
  ...packages.map(exactly),
  ...files.map(saved),
  // In a list of what to install, apt takes a hyphen at the end for "remove".
  ...remove.map((name) => `${checked(name)}-`),
]

/** apt reads a name as an expression (`a-` removes a, `a*` is many), so only a name with its version leaves here. */
function exactly({ name, version }: TransactionRequest['packages'][number]): string {
  if (version === null || !isExactVersion(version) || !isName(name))
    throw new Error(`${name} ${version} was not resolved before it was to run`)
  return `${name}=${version}`
}

function checked(name: string): string {
  if (!isName(name)) throw new Error(`${name} was not resolved before it was to run`)
  return name
}

function saved(path: string): string {
  if (!isSavedFile(path)) throw new Error(`${path} is not a saved package`)
  return path
}

const isName = (name: string) => PackageName.safeParse(name).success

/** At the end of a version, apt would take `+` for "install" and `-` for "remove". */
export const isExactVersion = (version: string) =>
  PackageVersion.safeParse(version).success && !/[+-]$/.test(version)
