import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import { toBytes } from './installed.ts'
import { untilChanged, type StatePaths } from './state.ts'

/** What a package list says about one version of a package. */
export type Stanza = {
  name: string
  version: string
  architecture: string
  source: string
  source_version: string
  download_bytes: number
  installed_bytes: number
  pre_depends: string
  depends: string
  provides: string
  /** What cannot be installed beside it: its Breaks and Conflicts. */
  breaks: string
}

/**
 * Reads `apt-cache show --no-all-versions NAME=VERSION …`, one stanza for each, here with its lines cut:
 *
 *     Package: perl-base
 *     Source: perl (5.36.0-7)        only where name or version differ from the package's own
 *     Version: 5.36.0-7+b1
 *     Architecture: amd64
 *     Installed-Size: 7842           in KiB; some packages claim nothing
 *     Breaks: autoconf2.13 (<< 2.13-45)
 *     Size: 1609284                  of the download; none where only dpkg's status file knows it
 */
export function parseStanzas(stdout: string): Stanza[] {
  return stdout
    .split('\n\n')
    .filter((stanza) => stanza.trim() !== '')
    .map(readStanza)
}

function readStanza(stanza: string): Stanza {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1]
  const name = field('Package') ?? ''
  const version = field('Version') ?? ''
  const { source, sourceVersion } =
    /^(?<source>\S+)(?: \((?<sourceVersion>\S+)\))?$/.exec(field('Source') ?? name)?.groups ?? {}
  return {
    name,
    version,
    architecture: field('Architecture') ?? '',
    source: source ?? name,
    source_version: sourceVersion ?? version,
    download_bytes: Number(field('Size') ?? 0),
    installed_bytes: toBytes(field('Installed-Size') ?? '') ?? 0,
    pre_depends: field('Pre-Depends') ?? '',
    depends: field('Depends') ?? '',
    provides: field('Provides') ?? '',
    breaks: [field('Breaks'), field('Conflicts')].filter(Boolean).join(', '),
  }
}

type Question = { exact: string[]; files?: string[] }
export type AskStanzas = (question: Question) => Promise<Map<string, Stanza>>

type Deps = { run: Run; cacheOptions: string[] }

/**
 * Asks only for what was not asked for since the lists changed: what is installed has no say in it. The answer may
 * hold more than was asked for.
 */
export function rememberedStanzas({ paths, ...deps }: Deps & { paths: StatePaths }): AskStanzas {
  const noted = untilChanged({ lists: paths.lists, others: [] }, async () => ({
    asked: new Set<string>(),
    told: new Map<string, Stanza>(),
  }))
  return async (question) => {
    if (question.files?.length) return askStanzas(question, deps)
    const { asked, told } = await noted()
    const exact = question.exact.filter((one) => !asked.has(one))
    for (const [key, stanza] of await askStanzas({ exact }, deps)) told.set(key, stanza)
    for (const one of exact) asked.add(one)
    return told
  }
}

/** What the package lists, and the files given, say of each `name=version`, under that same key. */
export async function askStanzas(
  { exact, files = [] }: Question,
  { run, cacheOptions }: Deps,
): Promise<Map<string, Stanza>> {
  if (exact.length === 0) return new Map()
  const sources = files.flatMap((file) => ['--with-source', file])
  const args = [...cacheOptions, 'show', '--no-all-versions', ...sources, ...exact]
  const { exitCode, stdout, stderr } = await run('aptCache', args)
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `apt-cache could not read the package lists: ${stderr}`)
  return new Map(
    parseStanzas(stdout).flatMap((stanza) => keysOf(stanza).map((key) => [key, stanza])),
  )
}

/** A stanza does not say whether its architecture is the host's own. */
const keysOf = ({ name, version, architecture }: Stanza) => [
  `${name}:${architecture}=${version}`,
  `${name}=${version}`,
]
