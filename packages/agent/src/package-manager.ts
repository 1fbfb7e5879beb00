import type { LogLine, PackageChange, Rollback } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { Package, PackageDetail } from '@linux-patch/shared/package'
import type { Patch } from '@linux-patch/shared/patch'
import type { TransactionChange } from '@linux-patch/shared/transaction'

/** A package and, where one was asked for, its version; null is the newest that the host would take. */
export type Wanted = { name: string; version: string | null }

/** What to ask of a transaction. Names and versions are checked against the package database before they travel. */
export type TransactionRequest = {
  operation: 'install' | 'update' | 'remove' | 'patch_apply' | 'rollback'
  packages: Wanted[]
  /** Packages to go: what a remove names, and what a rollback takes away again. */
  remove: string[]
  /** Absolute paths of saved packages that a rollback installs, because no archive has them any more. */
  files: string[]
  exclude_packages: string[]
  /** Install again what has that version already; remove although others depend on it. */
  force: boolean
  /** What is removed loses its configuration files too. */
  purge: boolean
  no_recommends: boolean
  allow_downgrade: boolean
}

/** What asks for nothing, and every request begins with. */
export const nothingAsked: Omit<TransactionRequest, 'operation'> = {
  packages: [],
  remove: [],
  files: [],
  exclude_packages: [],
  force: false,
  purge: false,
  no_recommends: false,
  allow_downgrade: false,
}

/** The exact transaction, as the package manager itself would do it now. */
export type Plan = {
  changes: TransactionChange[]
  /** Bytes to fetch that are not here yet. */
  download_bytes: number
  /** Bytes that stay on the disk afterwards; negative when it frees some. */
  disk_bytes: number
}
export type PlannedChange = Pick<
  PackageChange,
  'name' | 'action' | 'version_before' | 'version_planned'
>

/** One program to run as a phase, in a systemd unit of its own. Its progress goes to fd 3. */
export type Command = { argv: string[]; env: Record<string, string> }

export type Progress = {
  /** 0 to 100 within its own phase. */
  percent: number
  message: string
  /** About a file that is fetched; whoever installs has them all already, and says so before it begins. */
  is_download: boolean
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

/** What a package is at one moment. Packages that the database does not know are not in it. */
export type PackageState = {
  version: string
  state: 'installed' | 'residual' | 'broken'
  /** Installed as a dependency only. */
  automatic: boolean
}
/** Whether a package came as a dependency only, or because somebody wants it. */
export type Mark = 'automatic' | 'manual'
/** Every package at one moment, by name (with its architecture where that is a foreign one). */
export type Snapshot = Record<string, PackageState>

/** What of the old versions is kept: files by package name, and a reason for each that could not be. */
export type Saved = { files: Record<string, string>; missing: Record<string, string> }

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
  /** What a plan would change and no more of it, for whoever only compares. Throws as `plan` does. */
  changes(request: TransactionRequest): Promise<PlannedChange[]>
  /**
   * Cuts a request into those that can be run one after the other, so that a cancelled job can stop between two:
   * one for each patch, and whatever must move together stays together.
   */
  groups(request: TransactionRequest): Promise<TransactionRequest[]>
  download(request: TransactionRequest, job: string): Command
  install(request: TransactionRequest, job: string): Command
  /** Fetches the package lists anew. Ends with an error if any of them could not be fetched. */
  refresh(job: string): Command
  /** Reads one line of the status file of a phase; undefined for a line that is no progress. */
  progress(line: string): Progress | undefined
  /** How much a line that it printed matters. */
  levelOf(line: string): LogLine['level']
  /** Whether an error of its own only announces a reason that stands elsewhere, or says that there was one. */
  isEcho(error: string): boolean
  /** What it does where a transaction under way is asked to stop, for the end of a sentence. */
  onStop: string
  /** Who holds the locks of the package database; null when they are free. */
  lockHolder(): Promise<string | null>
  damage(): Promise<Damage>
  /** The commands that repair what `damage` found, in order. */
  repair(damage: Damage): Command[]
  /** Every package now, never from a cache. */
  snapshot(): Promise<Snapshot>
  mark(names: string[], as: Mark): Promise<void>
  /** Whether the old versions of what a plan changes could be had again afterwards. */
  canSave(plan: Plan): Promise<Rollback>
  /** Keeps the packages that a plan replaces or removes, in a folder, before they go. */
  save(plan: Plan, folder: string): Promise<Saved>
  /** The one transaction that leads from the second snapshot back to the first. */
  inverse(before: Snapshot, after: Snapshot, saved: Saved): TransactionRequest
  /** Why the host should reboot, in words; none when it need not. */
  rebootReasons(): Promise<string[]>
  /** Services that still run files which an update has replaced; null where that cannot be told. */
  outdatedServices(): Promise<string[] | null>
  /** Services that run files of what a plan replaces or removes; null where that cannot be told. */
  servicesOf(plan: Plan): Promise<string[] | null>
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
