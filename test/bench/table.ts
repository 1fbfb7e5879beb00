import { quantile, type Sample } from './measure.ts'

type Unit = 'ms' | 'MiB'
type Measured = { name: string; sample: Sample }

/** What was measured, beside something that people have a feeling for. */
export type Figure = {
  unit: Unit
  /** The share of the sample that does not exceed what is told; where left out, a half: the median. */
  share?: number
  ours: Measured
  beside: Measured
}

export type Report = {
  figures: Figure[]
  /** Sentences that a reader of the figures needs. */
  notes: string[]
}

const HEAD = ['what', 'median (5–95 %)', 'beside', 'median', 'ratio', 'command']

/** The figures of one bench as rows of the README; the last column says how to have them measured again. */
export const rowsOf = (name: string, { figures }: Report): string[][] =>
  figures.map(({ unit, share = 0.5, ours, beside }) => {
    const [mine, theirs] = [quantile(ours.sample, share), quantile(beside.sample, share)]
    return [
      ours.name,
      `${say(mine, unit)}${spread(ours.sample, unit)}`,
      beside.name,
      say(theirs, unit),
      theirs === 0 ? '–' : (mine / theirs).toFixed(2),
      `\`npm run bench -- ${name}\``,
    ]
  })

export const figureTable = (rows: string[][]): string => markdown(HEAD, rows)

export const markdown = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const spread = (sample: Sample, unit: Unit) =>
  sample.length < 2
    ? ''
    : ` (${say(quantile(sample, 0.05), unit)} – ${say(quantile(sample, 0.95), unit)})`

export function say(amount: number, unit: Unit): string {
  if (unit === 'MiB') return `${amount.toFixed(0)} MiB`
  if (amount >= 1000) return `${(amount / 1000).toFixed(2)} s`
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ms`
}
