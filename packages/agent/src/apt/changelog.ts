/** One version in a package's changelog. */
export type ChangelogEntry = {
  source: string
  version: string
  urgency: string
  cve_ids: string[]
  /** Null where its last line cannot be read. */
  published_at: string | null
}

const HEADING =
  /^(?<source>[a-z0-9][a-z0-9+.-]*) \((?<version>[^()\s]+)\) [^;]+;.*?\burgency=(?<urgency>\w+)/
const TRAILER = /^ -- .*?> {1,2}(?<date>\S.*)$/

/**
 * Reads a Debian changelog, the newest version first:
 *
 *     openssl (3.0.22-1~deb12u2) bookworm-security; urgency=high
 *     source  version            suites                     urgency
 *       * CVE-2025-9230 (Fix incorrect check of unwrapped key size)
 *      -- Sebastian Andrzej Siewior <sebastian@breakpoint.cc>  Thu, 02 Oct 2025 21:11:03 +0200
 *
 * It is written by hand, and old entries by any hand: a line that is none of these is passed over.
 */
export function parseChangelog(text: string): ChangelogEntry[] {
  const entries: ChangelogEntry[] = []
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line)?.groups
    if (heading) entries.push(toEntry(heading))
    const entry = entries.at(-1)
    if (!entry || heading) continue
    const date = TRAILER.exec(line)?.groups?.['date']
    if (date !== undefined) entry.published_at ??= toTime(date)
    else entry.cve_ids.push(...(line.match(/CVE-\d{4}-\d{4,19}/g) ?? []))
  }
  return entries.map((entry) => ({ ...entry, cve_ids: [...new Set(entry.cve_ids)] }))
}

const toEntry = ({
  source = '',
  version = '',
  urgency = '',
}: Record<string, string | undefined>): ChangelogEntry => ({
  source,
  version,
  urgency: urgency.toLowerCase(),
  cve_ids: [],
  published_at: null,
})

function toTime(date: string): string | null {
  const time = new Date(date)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}
