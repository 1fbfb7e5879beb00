/**
 * An rpm version and its parts, as the API spells it; the epoch is 0 where it is left out:
 *
 *     1:9.4-2.el9_4
 *     epoch  version  release (after the last hyphen)
 */
function split(text: string) {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  const hyphen = rest.lastIndexOf('-')
  return {
    epoch: colon === -1 ? 0 : Number(text.slice(0, colon)),
    version: hyphen === -1 ? rest : rest.slice(0, hyphen),
    release: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  }
}

/** Orders two versions as rpm does: negative where the first is older, 0 where rpm sees no difference. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [split(left), split(right)]
  return (
    a.epoch - b.epoch || compareParts(a.version, b.version) || compareParts(a.release, b.release)
  )
}

export const isNewer = (version: string, than: string) => compareVersions(version, than) > 0

type Parts = { epoch: string | number; version: string; release: string }

/** `0` is no epoch: `9.4-2.el9`, `1:9.4-2.el9`. */
export const toVersion = ({ epoch, version, release }: Parts) =>
  Number(epoch) === 0 ? `${version}-${release}` : `${epoch}:${version}-${release}`

/** What counts in a version: numbers, letters, `~` and `^`. All else only parts them. */
const SEGMENT = /[0-9]+|[A-Za-z]+|~|\^/g

/** As rpm compares one part, segment by segment. */
function compareParts(left: string, right: string): number {
  const [a, b] = [left.match(SEGMENT) ?? [], right.match(SEGMENT) ?? []]
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = compareSegments(a[at], b[at])
    if (order !== 0) return order
  }
  return 0
}

/** From the oldest to the newest: `~`, the end, `^`, letters, numbers. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 1
  if (segment === '~') return 0
  if (segment === '^') return 2
  return /^[0-9]/.test(segment) ? 4 : 3
}

function compareSegments(left: string | undefined, right: string | undefined): number {
  const order = rank(left) - rank(right)
  if (order !== 0 || left === undefined || right === undefined) return order
  // As text, because a date and a time in one version is a longer number than a double holds.
  const [a, b] =
    rank(left) === 4 ? [left, right].map((one) => one.replace(/^0+/, '')) : [left, right]
  if (a === undefined || b === undefined || a === b) return 0
  if (rank(left) === 4 && a.length !== b.length) return a.length - b.length
  return a < b ? -1 : 1
}
