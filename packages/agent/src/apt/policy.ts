import { Failure } from '@linux-patch/shared/failure'

/** What apt would choose for a name, and every version it knows, newest first. */
export type Policy = { installed: string | null; candidate: string | null; versions: Offer[] }
export type Offer = {
  version: string
  priority: number
  /** To how many hosts in a hundred its archive offers it so far; null where it does not say. */
  phased_percent: number | null
  /** The highest priority of the archives that have it: another one of its own comes from a pin. */
  archive_priority: number
  /** The archives that have it, spelt as `Releases` spells them. */
  archives: string[]
}

/** An archive's line in a policy → its Release file's fields: `l` label, `a` suite, `n` codename, `o` origin. */
export type Releases = Map<string, Record<string, string>>

const unreadable = (line: string) =>
  new Failure('PKG_MANAGER_ERROR', `apt-cache printed a line we cannot read: ${line}`)

const NAME = /^(?<name>\S+):$/
const CHOICE = /^ {2}(?<which>Installed|Candidate): (?<version>.+)$/
const VERSION =
  /^ (?:\*\*\*| {3}) (?<version>\S+) (?<priority>-?\d+)(?: \(phased (?<percent>\d+)%\))?$/
const ARCHIVE = /^ {7,}(?<priority>-?\d+) (?<archive>.+)$/

/**
 * Reads `apt-cache policy NAME …`; a name that apt does not know prints nothing at all:
 *
 *     openssl:
 *       Installed: 3.0.19-1~deb12u2
 *       Candidate: 3.0.22-1~deb12u2
 *       Version table:
 *          3.0.22-1~deb12u2 500 (phased 10%)      version, priority, phased to
 *             500 http://mirror.example/debian-security bookworm-security/main amd64 Packages
 *      *** 3.0.19-1~deb12u2 100                   the installed one
 *             100 /var/lib/dpkg/status
 */
export function parsePolicy(stdout: string): Map<string, Policy> {
  const policies = new Map<string, Policy>()
  let policy: Policy = { installed: null, candidate: null, versions: [] }
  for (const line of stdout.split('\n')) {
    const name = NAME.exec(line)?.groups?.['name']
    if (name) policies.set(name, (policy = { installed: null, candidate: null, versions: [] }))
    else if (!readLine(line, policy) && !isFrame(line)) throw unreadable(line)
  }
  return policies
}

/** The table's title, the end of the output, and the name of a pin, which we read off the candidate instead. */
const isFrame = (line: string) => /^(| {2}Version table:| {2}Package pin: .*)$/.test(line)

function readLine(line: string, policy: Policy): boolean {
  const choice = CHOICE.exec(line)?.groups
  const version = VERSION.exec(line)?.groups
  const archive = ARCHIVE.exec(line)?.groups
  if (choice) {
    const chosen = choice['version'] ?? ''
    policy[choice['which'] === 'Installed' ? 'installed' : 'candidate'] =
      chosen === '(none)' ? null : chosen
  } else if (version) {
    policy.versions.push(toOffer(version))
  } else if (archive) {
    addArchive(policy.versions.at(-1), archive)
  }
  return Boolean(choice ?? version ?? archive)
}

const toOffer = ({
  version = '',
  priority,
  percent,
}: Record<string, string | undefined>): Offer => ({
  version,
  priority: Number(priority),
  phased_percent: percent === undefined ? null : Number(percent),
  archive_priority: Number.NEGATIVE_INFINITY,
  archives: [],
})

function addArchive(
  offer: Offer | undefined,
  { archive = '', priority }: Record<string, string | undefined>,
) {
  offer?.archives.push(archive)
  if (offer) offer.archive_priority = Math.max(offer.archive_priority, Number(priority))
}

const FILE = /^ +-?\d+ (?<archive>.+)$/
const RELEASE = /^ {5}release (?<fields>.*)$/

/**
 * Reads `apt-cache policy` without a name, which says what Release file each archive has:
 *
 *      500 http://mirror.example/debian-security bookworm-security/main amd64 Packages
 *          release v=12,o=Debian,a=oldstable-security,n=bookworm-security,l=Debian-Security,c=main,b=amd64
 *          origin mirror.example
 */
export function parseReleases(stdout: string): Releases {
  const releases: Releases = new Map()
  let archive = ''
  for (const line of stdout.split('\n')) {
    archive = FILE.exec(line)?.groups?.['archive'] ?? archive
    const fields = RELEASE.exec(line)?.groups?.['fields']
    // A comma may be part of a value; one that parts two fields is followed by a letter and `=`.
    if (fields !== undefined)
      releases.set(
        archive,
        Object.fromEntries(
          fields.split(/,(?=[a-z]=)/).map((field) => [field.slice(0, 1), field.slice(2)]),
        ),
      )
  }
  return releases
}

/** What a host gets from these it has asked for by name: their versions are no updates of others. */
export function isOptional(archive: string, releases: Releases): boolean {
  const { a: suite = '', n: codename = '' } = releases.get(archive) ?? {}
  return [suite, codename].some((name) =>
    /-(backports|proposed)\b|^(rc-buggy|experimental)$/.test(name),
  )
}

/** Debian names its security archive in label and codename, Ubuntu and its ESM only in the suite. */
export function isSecurity(archive: string, releases: Releases): boolean {
  const { l: label, a: suite = '', n: codename = '' } = releases.get(archive) ?? {}
  return (
    label === 'Debian-Security' || suite.endsWith('-security') || codename.endsWith('-security')
  )
}
