import type { Host } from '../lab/host.ts'
import { livesByDnf, type Base } from '../lab/root.ts'
import { aptAdministrator } from './administrator-apt.ts'
import { dnfAdministrator } from './administrator-dnf.ts'

/**
 * What somebody at a host does and sees there with its own package manager, not by way of the agent: all that the
 * stories need to know of the kind of host that they are told on.
 */
export type Administrator = {
  kind: 'apt' | 'dnf'
  refresh: () => Promise<string>
  /** `lab-hello=1.0-1`, or a name alone for the newest. */
  install: (...packages: string[]) => Promise<string>
  /** Commands, for a unit of their own. */
  installing: (wanted: string) => string
  reinstalling: (name: string) => string
  remove: (...names: string[]) => Promise<string>
  /** Puts packages back to earlier versions, in a second of its own. */
  putBack: (...exact: string[]) => Promise<string>
  /** Lets no update of a package come. */
  hold: (name: string) => Promise<string>
  markAutomatic: (...names: string[]) => Promise<string>
  isAutomatic: (name: string) => Promise<boolean>
  /** Where a configuration file lies that somebody had changed, when its package went and came back. */
  keptOf: (path: string) => string
  /** Throws away what was downloaded. */
  clean: () => Promise<string>
  /** `ii 1.1-1`: how a package is, and its version; empty or beginning with `un` where it is not there. */
  says: (name: string) => Promise<string>
  /** Every package with its state and version, and what is marked as installed for others. */
  state: () => Promise<string>
  /** What is wrong with the package database: nothing, after every job. */
  audit: () => Promise<string>
  /** How many bytes of a package have been downloaded until now. */
  bytesOf: (name: string) => Promise<number>
  isDownloading: () => Promise<boolean>
  /** How many transactions the package manager has run for a job. */
  runsOf: (job_id: string) => Promise<number>
  /** How many of all its transactions have updated a package. */
  updatesOf: (name: string) => Promise<number>
}

export const administratorOf = (host: Host, base: Base): Administrator =>
  livesByDnf(base) ? dnfAdministrator(host) : aptAdministrator(host)
