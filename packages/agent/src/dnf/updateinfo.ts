import sax from 'sax'
import { Failure } from '@linux-patch/shared/failure'

/** One package that an advisory names, in the version that has the fix. */
export type Fixed = { name: string; version: string; arch: string; requires_reboot: boolean }

/** One advisory of a repository, as the distribution published it. */
export type RepositoryAdvisory = {
  id: string
  type: string
  title: string
  severity: string | null
  issued_at: string | null
  description: string
  cve_ids: string[]
  packages: Fixed[]
}

type Attributes = Record<string, string>

/**
 * Reads an updateinfo.xml, which differs between distributions in what it leaves out:
 *
 *     <update type="security" status="final" from="…" version="2.0">
 *       <id>RLSA-2025:0001</id><title>Important: …</title><severity>Important</severity>
 *       <issued date="2025-03-04 10:00:00"/><description>…</description>
 *       <references><reference type="cve" id="CVE-2025-10001" href="…" title="…"/></references>
 *       <pkglist><collection short="…"><package name="lab-lib" epoch="0" version="1.0" release="2" arch="noarch" src="…">
 *         <filename>…</filename><reboot_suggested>True</reboot_suggested></package></collection></pkglist>
 *     </update>
 *
 * Text is read piece by piece: that of a large distribution has 30 megabytes.
 */
export function updateinfoReader() {
  const advisories: RepositoryAdvisory[] = []
  const parser = sax.parser(true, { trim: false })
  let current: RepositoryAdvisory | undefined
  let path: string[] = []
  let text = ''

  parser.onopentag = ({ name, attributes }) => {
    path.push(name)
    text = ''
    if (name === 'update') current = begin(attributes as Attributes)
    else if (current) open(current, name, attributes as Attributes)
  }
  parser.ontext = parser.oncdata = (piece: string) => {
    text += piece
  }
  parser.onclosetag = (name) => {
    path.pop()
    if (!current) return
    if (name === 'update') {
      advisories.push(current)
      current = undefined
    } else close(current, { name, parent: path.at(-1) ?? '', text: text.trim() })
  }
  parser.onerror = (error) => {
    throw new Failure('PKG_MANAGER_ERROR', `An updateinfo.xml cannot be read: ${error.message}`)
  }

  return {
    write: (piece: string) => void parser.write(piece),
    /** All of them, once everything was written. */
    end() {
      parser.close()
      return advisories
    },
  }
}

export function parseUpdateinfo(xml: string): RepositoryAdvisory[] {
  const reader = updateinfoReader()
  reader.write(xml)
  return reader.end()
}

const begin = ({ type = '' }: Attributes): RepositoryAdvisory => ({
  id: '',
  type,
  title: '',
  severity: null,
  issued_at: null,
  description: '',
  cve_ids: [],
  packages: [],
})

function open(advisory: RepositoryAdvisory, name: string, attributes: Attributes) {
  if (name === 'issued') advisory.issued_at = toTime(attributes['date'])
  if (name === 'reference') addCve(advisory, attributes)
  if (name === 'package') {
    const { name: called = '', epoch = '0', version = '', release = '', arch = '' } = attributes
    const prefix = epoch === '0' || epoch === '' ? '' : `${epoch}:`
    const fixed = { name: called, version: `${prefix}${version}-${release}`, arch }
    advisory.packages.push({ ...fixed, requires_reboot: false })
  }
}

function addCve({ cve_ids }: RepositoryAdvisory, { type, id = '', title = '' }: Attributes) {
  const named = /CVE-\d{4}-\d{4,}/.exec(id)?.[0] ?? /CVE-\d{4}-\d{4,}/.exec(title)?.[0]
  // Fedora has its CVEs only in the titles of the bugs that are about them.
  if (named && (type === 'cve' || type === 'bugzilla') && !cve_ids.includes(named))
    cve_ids.push(named)
}

type Element = { name: string; parent: string; text: string }

function close(advisory: RepositoryAdvisory, { name, parent, text }: Element) {
  if (name === 'reboot_suggested') suggestReboot(advisory, text)
  if (parent !== 'update') return
  if (name === 'id') advisory.id = text
  if (name === 'title') advisory.title = text
  if (name === 'severity') advisory.severity = text || null
  if (name === 'description') advisory.description = text
}

/** An empty element says yes too. */
function suggestReboot({ packages }: RepositoryAdvisory, text: string) {
  const last = packages.at(-1)
  if (last) last.requires_reboot = !/^(0|false|no)$/i.test(text)
}

/** `2025-03-04 10:00:00`, `2025-03-04`, with or without a zone, or seconds since 1970. Without a zone it is UTC. */
function toTime(date = ''): string | null {
  const text = date.trim().replace(' ', 'T')
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T')
  const time = new Date(/^\d{9,}$/.test(text) ? Number(text) * 1000 : hasZone ? text : `${text}Z`)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}
