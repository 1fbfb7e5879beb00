import { join } from 'node:path'
import type { Command, TransactionRequest } from '../package-manager.ts'
import { environment, programs } from '../run.ts'
import { transactionArguments } from './arguments.ts'
import { restoreOptions } from './conffiles.ts'

export const cacheOfPackages = (folder: string) => join(folder, 'pkgcache.bin')

/** Ours alone: many container images switch apt's own off, and a list then takes ten times as long. */
export const cacheOptions = (folder: string) => [
  '-o',
  `Dir::Cache::pkgcache=${cacheOfPackages(folder)}`,
  '-o',
  `Dir::Cache::srcpkgcache=${join(folder, 'srcpkgcache.bin')}`,
]

export const withoutPackageCache = ['-o', 'Dir::Cache::pkgcache=']

/**
 * What a job runs has a cache of its own: it could fail over one that is being built anew for somebody who looks. And
 * of the installed packages it has none, for apt believes such a cache although it is a second too old.
 */
export const jobCacheOptions = (folder: string) => [
  ...withoutPackageCache,
  '-o',
  `Dir::Cache::srcpkgcache=${join(folder, 'job-srcpkgcache.bin')}`,
]

/**
 * Where a rollback has a file for everything, apt sees no archive: it would fetch from there what we have here, and
 * fail without a network.
 */
export const archiveOptions = ({ operation, packages }: TransactionRequest, caches: string[]) =>
  operation === 'rollback' && packages.length === 0 ? withoutArchives : caches

const withoutArchives = [
  '-o',
  'Dir::Etc::sourcelist=/dev/null',
  '-o',
  'Dir::Etc::sourceparts=/dev/null',
  // The caches on the disk are of all that the archives have.
  ...withoutPackageCache,
  '-o',
  'Dir::Cache::srcpkgcache=',
]

/** What the maintainer scripts see: nobody to ask, nobody to read news, and no restart of services behind our back. */
export const packageEnvironment: Record<string, string> = {
  ...environment,
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  APT_LISTCHANGES_FRONTEND: 'none',
  NEEDRESTART_SUSPEND: '1',
  UCF_FORCE_CONFFOLD: '1',
}

/** For whatever changes the system: a changed configuration file is kept, and a busy lock is waited for. */
export const writeOptions = [
  '--yes',
  '--quiet',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
  '-o',
  'DPkg::Lock::Timeout=300',
  '-o',
  'Dpkg::Use-Pty=0',
  '-o',
  'APT::Color=0',
  '-o',
  'APT::Status-Fd=3',
]

/** A word that apt does not know is legal and ends up in its history: so a transaction there names its job. */
const jobOptions = (job: string) => ['-o', `LinuxPatch::Job=${job}`]

type Transaction = { request: TransactionRequest; job: string; options: string[] }

export const downloadCommand = (transaction: Transaction): Command =>
  toCommand(transaction, ['--download-only'])

/**
 * Installs what the download has fetched and nothing else: the network has no part in it any more. But apt "downloads"
 * a saved file too, before it knows the path of it, so where there is one it must be let.
 */
export const installCommand = (transaction: Transaction): Command => {
  const { files } = transaction.request
  return toCommand(transaction, files.length > 0 ? restoreOptions(files) : ['--no-download'])
}

const toCommand = ({ request, job, options }: Transaction, phase: string[]): Command => ({
  argv: [
    programs.aptGet,
    ...writeOptions,
    ...jobOptions(job),
    ...options,
    ...phase,
    ...transactionArguments(request),
  ],
  env: packageEnvironment,
})

/** The same words for the simulation as for the transaction, so that what it says is what runs. */
export const simulationArguments = (request: TransactionRequest, options: string[]) => [
  '--simulate',
  '--yes',
  '--quiet',
  ...options,
  ...transactionArguments(request),
]

/** By itself apt-get ends well when a list could not be fetched, and goes on with the old one. */
const refreshOptions = [
  '--quiet',
  '-o',
  'APT::Update::Error-Mode=any',
  '-o',
  'Acquire::Retries=2',
  '-o',
  'Acquire::http::Timeout=15',
  '-o',
  'Acquire::https::Timeout=15',
  '-o',
  'APT::Color=0',
  '-o',
  'APT::Status-Fd=3',
]

/** Nobody waits for the lock of the lists but whoever asks again: DPkg::Lock::Timeout is not about it. */
export const refreshCommand = (job: string, options: string[]): Command => ({
  argv: [programs.aptGet, ...refreshOptions, ...jobOptions(job), ...options, 'update'],
  env: packageEnvironment,
})
