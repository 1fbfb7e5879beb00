import type { Severity } from '@linux-patch/shared/patch'
import { baseScore } from './cvss.ts'

/** How bad one source says that one hole is: `{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/…" }`. */
export type Rating = { type: string; score: string }

/** What Debian, Ubuntu, Red Hat and GitHub call it. What says that it does not know is not here. */
const words: Record<string, Severity> = {
  critical: 'critical',
  important: 'high',
  high: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
  negligible: 'low',
  unimportant: 'low',
}

export const readWord = (word: string): Severity | null =>
  Object.hasOwn(words, word.toLowerCase()) ? (words[word.toLowerCase()] ?? null) : null

const order: Severity[] = ['low', 'medium', 'high', 'critical']

export const worst = (severities: (Severity | null)[]): Severity | null =>
  severities
    .filter((severity) => severity !== null)
    .toSorted((left, right) => order.indexOf(right) - order.indexOf(left))[0] ?? null

/** A distribution knows how it builds a package; a score is of the software as such, and only the next best. */
export function readRatings(ratings: Rating[]): Severity | null {
  const own = ratings.filter(({ type }) => type === 'Ubuntu').map(({ score }) => readWord(score))
  const scored = ratings.map(({ score }) => readScore(score))
  return worst(own) ?? worst(scored)
}

/** The bands of CVSS 3; a score of nothing at all says that there is no hole. */
function readScore(vector: string): Severity | null {
  const score = baseScore(vector)
  if (score === null || score === 0) return null
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  return score >= 4 ? 'medium' : 'low'
}
