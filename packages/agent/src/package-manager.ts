import type { PackageChange } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { Package, PackageDetail } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'

/** A package and, where one was asked for, its version; null is the newest that the host would take. */
export type Wanted = { name: string; version: string | null }

/** What to ask of a transaction. Names and versions are checked against the package database before they travel. */
export type TransactionRequest = {
  operation: 'install' | 'update' | 'patch_apply'
  packages: Wanted[]
  exclude_packages: string[]
  /** Install again what has that version already. */
  force: boolean
  no_recommends: boolean
  allow_downgrade: boolean
}

/** The exact transaction, as the package manager itself would do it now. */
export type Plan = {
  changes: PlannedChange[]
  download_bytes: number
  /** Bytes that stay on the disk afterwards; negative when it frees some. */
  disk_bytes: number
}
export type PlannedChange = Pick<
  PackageChange,
  'name' | 'action' | 'version_before' | 'version_planned'
>

/** One program to run as a phase, in a systemd unit of its own. `{status}` is the file its progress goes to, as fd 3. */
export type Command = { argv: string[]; env: Record<string, string> }

export type Progress = {
  /** 0 to 100 within its own phase. */
  percent: number
  message: string
  /** An error that the package manager reported about one package. */
  failed_package: string | null
}

/** What a repair found and did before a job. */
export type Damage = {
  interrupted: boolean
  broken_packages: string[]
  /** Those of them whose files must be unpacked again. */
  half_unpacked?: string[]
}

/** The calls that apt and dnf both answer. Nothing outside `apt/` and `dnf/` knows which it is. */
export type PackageManager = {
  name: 'apt' | 'dnf'
  /** Every package the database knows, with its update where there is one. Cached until the database changes. */
  list(): Promise<Listing>
  /** Throws PKG_NOT_FOUND where it is not installed. */
  get(name: string): Promise<PackageDetail>
  patches(): Promise<Patch[]>
  /**
   * Turns names into exact `name=version` pairs, before anything runs. Throws PKG_NOT_FOUND for a name that the
   * database does not have as it stands, PKG_VERSION_CONFLICT for a version that no archive offers.
   */
  resolve(request: TransactionRequest): Promise<TransactionRequest>
  /** Throws PKG_DEPENDENCY_ERROR or PKG_MANAGER_ERROR with the tool's own words. */
  plan(request: TransactionRequest): Promise<Plan>
  download(request: TransactionRequest, job: string): Command
  install(request: TransactionRequest, job: string): Command
  /** Reads one line of the status file of a phase; undefined for a line that is no progress. */
  progress(line: string): Progress | undefined
  /** Who holds the locks of the package database; null when they are free. */
  lockHolder(): Promise<string | null>
  damage(): Promise<Damage>
  /** The commands that repair what `damage` found, in order. */
  repair(damage: Damage): Command[]
  /** name (with architecture where foreign) → version and state, read now and never from a cache. */
  versions(): Promise<Map<string, { version: string; state: 'installed' | 'residual' | 'broken' }>>
  /** Which packages were installed as dependencies only, so that a transaction can give the mark back. */
  automatic(): Promise<Set<string>>
  markAutomatic(names: string[]): Promise<void>
  rebootRequired(): Promise<boolean>
}

export type Listing = {
  packages: Package[]
  /** Null where there are no package lists: what could be updated is unknown then. */
  lists_updated_at: string | null
  lists_failure: string | null
}

/** Nothing to do and nothing known are two answers. */
export const noLists = () =>
  new Failure(
    'PKG_MANAGER_ERROR',
    'This host has no package lists: what could be updated is unknown until it fetches them.',
  )
