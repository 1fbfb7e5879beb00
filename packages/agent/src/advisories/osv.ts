import { z } from 'zod'
import { PackageVersion } from '@linux-patch/shared/package'
import { PatchId } from '@linux-patch/shared/patch'
import type { Advisory, Affected, Interval } from './advisory.ts'
import { readRatings, readWord, worst } from './severity.ts'

/** A feed for all releases of a distribution has some 50,000 records. */
const MOST_RECORDS = 200_000
const Text = z.string().max(64 * 1024)
const Word = z.string().max(300)
const Words = z.array(Word).max(2000).default([])

const Rating = z.object({ type: Word, score: Word })
const Ratings = z.array(Rating).max(50).default([])
const Event = z.object({ introduced: PackageVersion.optional(), fixed: PackageVersion.optional() })

const AffectedRecord = z.object({
  package: z.object({ ecosystem: Word, name: Word }).optional(),
  ranges: z
    // Events of other types than ECOSYSTEM hold commits, and are looked at by nobody.
    .array(z.object({ type: Word, events: z.array(z.unknown()).max(200) }))
    .max(100)
    .default([]),
  severity: Ratings,
  ecosystem_specific: z.object({ urgency: Word.optional() }).optional(),
  database_specific: z
    .object({
      cves_map: z
        .object({ cves: z.array(z.object({ id: Word, severity: Ratings })).max(2000) })
        .optional(),
    })
    .optional(),
})

/** As much of https://ossf.github.io/osv-schema/ as is used here; the rest is passed over unread. */
const OsvRecord = z.object({
  id: PatchId,
  summary: Text.default(''),
  details: Text.default(''),
  published: z.iso.datetime({ offset: true }).optional(),
  withdrawn: Word.optional(),
  aliases: Words,
  upstream: Words,
  related: Words,
  severity: Ratings,
  affected: z.array(AffectedRecord).max(2000).default([]),
  database_specific: z.object({ severity: z.unknown(), reboot: z.unknown() }).partial().optional(),
})
type OsvRecord = z.infer<typeof OsvRecord>
type AffectedRecord = z.infer<typeof AffectedRecord>

/** Reads a file of OSV records, an array or one record on each line, and throws at the first that is none. */
export function parseOsv(text: string): Advisory[] {
  const records = text.trimStart().startsWith('[')
    ? z.array(z.unknown()).max(MOST_RECORDS).parse(JSON.parse(text))
    : readLines(text)
  return records
    .map((record, at) => readRecord(record, at + 1))
    .filter(({ withdrawn }) => withdrawn === undefined)
    .map(toAdvisory)
}

function readLines(text: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > MOST_RECORDS) throw new Error(`it has more than ${MOST_RECORDS} records`)
  return lines.map((line): unknown => JSON.parse(line))
}

const readRecord = (record: unknown, number: number) =>
  readAs(OsvRecord, record, `record ${number}`)

function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string) {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  throw new Error(`${what} is not as OSV has it: ${z.prettifyError(error)}`)
}

function toAdvisory(record: OsvRecord): Advisory {
  const { id, summary, details, published, affected, aliases, upstream, related } = record
  const rated = affected.flatMap((one) => one.database_specific?.cves_map?.cves ?? [])
  const names = [id, ...aliases, ...upstream, ...related, ...rated.map((cve) => cve.id)]
  return {
    id,
    summary,
    description: details,
    published_at: published === undefined ? null : new Date(published).toISOString(),
    // Distributions put their own name before it: `UBUNTU-CVE-2025-21502`.
    cve_ids: [...new Set(names.flatMap((name) => /CVE-\d{4}-\d{1,19}/.exec(name)?.[0] ?? []))],
    severity: severityOf(record),
    requires_reboot: record.database_specific?.reboot === true,
    affected: affected.flatMap((one) => toAffected(one, id)),
  }
}

/** What the record itself says counts for more than what it says of each hole. */
function severityOf({ affected, severity, database_specific }: OsvRecord) {
  const own = database_specific?.severity
  const rated = affected.flatMap((one) => [
    ...one.severity,
    ...(one.database_specific?.cves_map?.cves.flatMap((cve) => cve.severity) ?? []),
  ])
  const urgencies = affected.map((one) => readWord(one.ecosystem_specific?.urgency ?? ''))
  return (
    (typeof own === 'string' ? readWord(own) : null) ??
    readRatings([...severity, ...rated]) ??
    worst(urgencies)
  )
}

function toAffected({ package: of, ranges }: AffectedRecord, id: string): Affected[] {
  if (!of) return []
  const own = ranges.filter(({ type }) => type === 'ECOSYSTEM')
  return [
    {
      ecosystem: of.ecosystem,
      source: of.name,
      intervals: own.flatMap(({ events }) => toIntervals(events, id)),
    },
  ]
}

/** `[{ "introduced": "0" }, { "fixed": "3.0.22-1~deb12u2" }]`, as often as the hole came back. */
function toIntervals(events: unknown[], id: string): Interval[] {
  const intervals: Interval[] = []
  let introduced = '0'
  for (const event of readAs(z.array(Event), events, `a range of ${id}`)) {
    if (event.introduced !== undefined) introduced = event.introduced
    if (event.fixed !== undefined) intervals.push({ introduced, fixed: event.fixed })
  }
  return intervals
}
