/**
 * A Debian version and its parts; the epoch is 0 and the revision empty where they are left out:
 *
 *     1:4.13+dfsg1-1+deb12u2
 *     epoch  upstream  revision (after the last hyphen)
 */
function split(version: string) {
  const colon = version.indexOf(':')
  const rest = version.slice(colon + 1)
  const hyphen = rest.lastIndexOf('-')
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
    upstream: hyphen === -1 ? rest : rest.slice(0, hyphen),
    revision: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  }
}

/** Orders two versions as dpkg does: negative where the first is older, 0 where dpkg sees no difference. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [split(left), split(right)]
  return (
    a.epoch - b.epoch ||
    compareParts(a.upstream, b.upstream) ||
    compareParts(a.revision, b.revision)
  )
}

export const isNewer = (version: string, than: string) => compareVersions(version, than) > 0

export const isSameVersion = (left: string, right: string) => compareVersions(left, right) === 0

export const withoutEpoch = (version: string) => version.slice(version.indexOf(':') + 1)

/** Text and number by turns: `36+deb12u4` is '', 36, '+deb', 12, 'u', 4. */
const TURN = /(\D*)(\d*)/y

function turns(part: string): [text: string, digits: string][] {
  const found: [string, string][] = []
  TURN.lastIndex = 0
  while (TURN.lastIndex < part.length) {
    const [, text = '', digits = ''] = TURN.exec(part) ?? []
    found.push([text, digits])
  }
  return found
}

function compareParts(left: string, right: string): number {
  const [a, b] = [turns(left), turns(right)]
  for (let turn = 0; turn < Math.max(a.length, b.length); turn++) {
    const [textA, digitsA] = a[turn] ?? ['', '']
    const [textB, digitsB] = b[turn] ?? ['', '']
    const order = compareText(textA, textB) || compareDigits(digitsA, digitsB)
    if (order !== 0) return order
  }
  return 0
}

function compareText(left: string, right: string): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = weight(left[at]) - weight(right[at])
    if (order !== 0) return order
  }
  return 0
}

/** `~` sorts before the end, the end before letters, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}

/** As text, because a date and a time in one version is a longer number than a double holds. */
function compareDigits(left: string, right: string): number {
  const [a, b] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')]
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}
