import { toBytes } from './installed.ts'
/** What a package list says about one version of a package. */
export type Stanza = {
  name: string
  version: string
  architecture: string
  source: string
  source_version: string
  download_bytes: number
  installed_bytes: number
}

/**
 * Reads `apt-cache show --no-all-versions NAME=VERSION …`, one stanza for each, here with its lines cut:
 *
 *     Package: perl-base
 *     Source: perl (5.36.0-7)        only where name or version differ from the package's own
 *     Version: 5.36.0-7+b1
 *     Architecture: amd64
 *     Installed-Size: 7842           in KiB; some packages claim nothing
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
  }
}
