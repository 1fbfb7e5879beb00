import { join } from 'node:path'
import { PackageName, PackageVersion } from '@linux-patch/shared/package'
import type { Command, TransactionRequest } from '../package-manager.ts'
import { environment, programs } from '../run.ts'

/** Ours alone: many container images switch apt's own off, and a list then takes ten times as long. */
export const cacheOptions = (folder: string) => [
  '-o',
  `Dir::Cache::pkgcache=${join(folder, 'pkgcache.bin')}`,
  '-o',
  `Dir::Cache::srcpkgcache=${join(folder, 'srcpkgcache.bin')}`,
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

export const downloadCommand = ({ request, job, options }: Transaction): Command => ({
  argv: [
    programs.aptGet,
    ...writeOptions,
    ...jobOptions(job),
    ...options,
    '--download-only',
    ...installArguments(request),
  ],
  env: packageEnvironment,
})

/** Installs what the download has fetched and nothing else: the network has no part in it any more. */
export const installCommand = ({ request, job, options }: Transaction): Command => ({
  argv: [
    programs.aptGet,
    ...writeOptions,
    ...jobOptions(job),
    ...options,
    '--no-download',
    ...installArguments(request),
  ],
  env: packageEnvironment,
})

/** The same words for the simulation as for the transaction, so that what it says is what runs. */
export const simulationArguments = (request: TransactionRequest, options: string[]) => [
  '--simulate',
  '--yes',
  '--quiet',
  ...options,
  ...installArguments(request),
]

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

/** apt reads a name as an expression (`a-` removes a, `a*` is many), so only a name with its version leaves here. */
function exactly({ name, version }: TransactionRequest['packages'][number]): string {
  if (version === null || !isExactVersion(version) || !PackageName.safeParse(name).success)
    throw new Error(`${name} ${version} was not resolved before it was to run`)
  return `${name}=${version}`
}

/** At the end of a version, apt would take `+` for "install" and `-` for "remove". */
export const isExactVersion = (version: string) =>
  PackageVersion.safeParse(version).success && !/[+-]$/.test(version)
