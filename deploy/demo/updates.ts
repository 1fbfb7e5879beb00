import type { Suite } from '../../test/lab/repository/deb.ts'

/** An update that is pending on this machine. */
export type Update = {
  name: string
  version: string
  suite: Suite
  /** The folder of its archive, which all packages of one source share. */
  folder: string
  file: string
  bytes: number
}

/**
 * Reads what `apt-get --print-uris upgrade` would fetch:
 *
 *     'http://mirror.example/debian-security/pool/updates/main/z/zip/zip_3.0-13%2bdeb12u1_amd64.deb' …
 *     … zip_3.0-13+deb12u1_amd64.deb 230316 MD5Sum:0d86…
 */
const FETCH =
  /^'(?<folder>[^']+)\/[^'/]+' (?<file>(?<name>[^_ ]+)_(?<version>[^_ ]+)_\S+) (?<bytes>\d+)/

export function parsePending(stdout: string): Update[] {
  const found = stdout.split('\n').map((line) => FETCH.exec(line)?.groups)
  return found.flatMap(({ name, version, folder, file, bytes } = {}) =>
    name && version && folder && file
      ? [
          {
            name,
            version: version.replaceAll('%3a', ':'),
            suite: /security/i.test(folder) ? 'security' : 'updates',
            folder,
            file,
            bytes: Number(bytes),
          },
        ]
      : [],
  )
}

/** What a demo leaves alone: what a host boots by, what replaces apt under itself, what takes long. */
const NEVER =
  /^(libc6|libc-|linux-|(lib)?(systemd|udev|dbus|dpkg|apt|perl|pam|ssl)|base-|init|login$|passwd$|dash$|coreutils|util-linux|mount$|openss|ca-certificates|grub|shim|firmware|postgresql|openjdk|chromium|nodejs)/
const NO_PROGRAM = /^(lib|python3-)|-(dev|doc|common|data|locales)$/
const LARGEST = 1_500_000

/** The updates to try, the best first: programs, small, alone of their source, and both kinds in turn. */
export function rank(pending: Update[]): Update[] {
  const fit = pending.filter(({ name, bytes }) => !NEVER.test(name) && bytes <= LARGEST)
  const siblings = ({ folder }: Update) => pending.filter((other) => other.folder === folder).length
  const cost = (update: Update) =>
    update.bytes +
    (NO_PROGRAM.test(update.name) ? LARGEST : 0) +
    (siblings(update) > 1 ? 2 * LARGEST : 0) // they depend on one another, mostly

  const sorted = fit.toSorted((a, b) => cost(a) - cost(b))
  const kinds = [
    sorted.filter(({ suite }) => suite === 'security'),
    sorted.filter(({ suite }) => suite !== 'security'),
  ]
  return sorted.flatMap((_, place) => kinds.flatMap((kind) => kind[place] ?? []))
}

/** The packages that apt would touch if asked for these updates alone. */
export type Simulate = (updates: Update[]) => Promise<string[]>

const OF_EACH = 2
const MOST_BYTES = 5_000_000
const TRIES = 12

/**
 * A few updates, two of each kind where there are, that come alone: asked for them, apt touches no
 * other package. So a repository that has only these is consistent for a host like this machine.
 */
export async function choose(ranked: Update[], simulate: Simulate): Promise<Update[]> {
  const hoped = ranked.reduce(take, [])
  if (await comeAlone(hoped, simulate)) return hoped

  let chosen: Update[] = []
  for (const one of ranked.slice(0, TRIES)) {
    const more = take(chosen, one)
    if (more.length > chosen.length && (await comeAlone(more, simulate))) chosen = more
  }
  return chosen
}

function take(chosen: Update[], one: Update): Update[] {
  const bytes = chosen.reduce((sum, other) => sum + other.bytes, one.bytes)
  const alike = chosen.filter(({ suite }) => suite === one.suite)
  return bytes > MOST_BYTES || alike.length >= OF_EACH ? chosen : [...chosen, one]
}

async function comeAlone(updates: Update[], simulate: Simulate): Promise<boolean> {
  const touched = updates.length > 0 ? await simulate(updates) : []
  return sorted(touched) === sorted(updates.map(({ name }) => name))
}

const sorted = (names: string[]) => names.toSorted().join(' ')
