import { median, quantile, type Sample } from './measure.ts'

type Unit = 'ms' | 'MiB'
type Measured = { name: string; sample: Sample }

/** What was measured, beside something that people have a feeling for. */
export type Figure = { unit: Unit; ours: Measured; beside: Measured }

export type Report = {
  figures: Figure[]
  /** Sentences that a reader of the figures needs. */
  notes: string[]
}

const HEAD = ['What', 'Median (5–95 %)', 'Beside', 'Median (5–95 %)', 'Ratio', 'Difference', 'Runs']

/** The figures of one bench as rows; the last column says how to have them measured again. */
export const rowsOf = (name: string, { figures }: Report): string[][] =>
  figures.map(({ unit, ours, beside }) => {
    const [mine, theirs] = [median(ours.sample), median(beside.sample)]
    return [
      ours.name,
      cell(ours.sample, unit),
      beside.name,
      cell(beside.sample, unit),
      (mine / theirs).toFixed(2),
      `${mine < theirs ? '−' : '+'}${say(Math.abs(mine - theirs), unit)}`,
      `${ours.sample.length} / ${beside.sample.length}`,
      `\`npm run bench -- ${name}\``,
    ]
  })

export const figureTable = (rows: string[][]): string => markdown([...HEAD, 'Made by'], rows)

export const markdown = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const cell = (sample: Sample, unit: Unit) =>
  `${say(median(sample), unit)} (${say(quantile(sample, 0.05), unit)} – ${say(quantile(sample, 0.95), unit)})`

export function say(amount: number, unit: Unit): string {
  if (unit === 'MiB') return `${amount.toFixed(0)} MiB`
  if (amount >= 1000) return `${(amount / 1000).toFixed(2)} s`
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ms`
}
