import type { Advisory, Affected, Interval } from './advisory.ts'

/** An installed package, its versions being those of its source: advisories know no others. */
export type HostPackage = {
  name: string
  source: string
  version: string
  /** What an update would make of it; null where there is none. */
  offered: string | null
  /** What this host is known to have had before. */
  earlier: string[]
  /** Whether its version has come since the host last started. */
  isNew: boolean
}

export type Host = {
  packages: HostPackage[]
  ecosystems: string[]
  /** As the package manager compares them: below zero where the left one is older. */
  compare: (left: string, right: string) => number
  /** Packages whose fix counts only after a reboot, whatever an advisory says. */
  restartsHost: (name: string) => boolean
}

export type Match = {
  advisory: Advisory
  status: 'available' | 'pending' | 'applied'
  /** The installed packages that it is about, of those that are in this status. */
  packages: string[]
}

/**
 * What the advisories mean for this host: a fix may be had (available), is there but waits for a reboot
 * (pending), or came while we looked (applied). A hole that no archive fixes is no patch, nor is one that was
 * fixed before anyone remembers.
 */
export function matchAdvisories(advisories: Advisory[], host: Host): Match[] {
  const bySource = Map.groupBy(host.packages, ({ source }) => source)
  const matches = advisories.flatMap((advisory) => {
    const found = advisory.affected
      .filter(({ ecosystem }) => host.ecosystems.includes(ecosystem))
      .flatMap((affected) =>
        (bySource.get(affected.source) ?? []).map((one) => ({
          name: one.name,
          status: statusOf(one, affected, { ...host, wantsReboot: advisory.requires_reboot }),
        })),
      )
    const status = (['available', 'pending', 'applied'] as const).find((one) =>
      found.some((each) => each.status === one),
    )
    const names = found.filter((one) => one.status === status).map(({ name }) => name)
    return status ? [{ advisory, status, packages: [...new Set(names)] }] : []
  })
  return withoutRepeats(matches)
}

type Rules = Host & { wantsReboot: boolean }

function statusOf(one: HostPackage, { intervals }: Affected, rules: Rules) {
  const { compare, wantsReboot, restartsHost } = rules
  const holeIn = (version: string) => intervals.find((interval) => has(version, interval, compare))
  const hole = holeIn(one.version)
  if (hole)
    return one.offered !== null && compare(one.offered, hole.fixed) >= 0 ? 'available' : undefined
  if (!one.earlier.some((version) => holeIn(version))) return undefined
  return one.isNew && (wantsReboot || restartsHost(one.name)) ? 'pending' : 'applied'
}

/** OSV writes `0` for "since ever", which is not always the lowest of versions. */
const has = (version: string, { introduced, fixed }: Interval, compare: Host['compare']) =>
  (introduced === '0' || compare(version, introduced) >= 0) && compare(version, fixed) < 0

/** A record of one hole adds nothing where the distribution's own advisory of the same packages names it. */
function withoutRepeats(matches: Match[]): Match[] {
  const isOneHole = ({ advisory: { id } }: Match) => /(^|-)CVE-\d{4}-\d+$/.test(id)
  const told = new Set(
    matches
      .filter((match) => !isOneHole(match))
      .flatMap(({ advisory, packages }) =>
        advisory.cve_ids.flatMap((cve) => packages.map((name) => `${cve} ${name}`)),
      ),
  )
  return matches.filter(
    (match) =>
      !isOneHole(match) ||
      match.packages.some(
        (name) => !match.advisory.cve_ids.some((cve) => told.has(`${cve} ${name}`)),
      ),
  )
}
