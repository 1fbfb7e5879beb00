type Weights = Record<string, number>

const weights: Record<string, Weights> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  S: { U: 0, C: 1 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
}
/** A privilege is worth more to an attacker where it reaches beyond what it was given for. */
const changedPrivileges: Weights = { N: 0.85, L: 0.68, H: 0.5 }

/**
 * The base score of a CVSS 3.0 or 3.1 vector, 0 to 10; null for what is none. Temporal and environmental
 * metrics may follow and do not count:
 *
 *     CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H     9.8
 *     version  attack          scope   impact
 */
export function baseScore(vector: string): number | null {
  const [version = '', ...metrics] = vector.split('/')
  if (version !== 'CVSS:3.0' && version !== 'CVSS:3.1') return null
  const chosen = Object.fromEntries(metrics.map((metric) => metric.split(':', 2)))
  const isChanged = chosen['S'] === 'C'
  const weight = (name: string) => {
    const table = name === 'PR' && isChanged ? changedPrivileges : weights[name]
    const letter = chosen[name] ?? ''
    return table && Object.hasOwn(table, letter) ? (table[letter] ?? Number.NaN) : Number.NaN
  }

  const kept = (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'))
  const impact = impactOf(1 - kept, isChanged)
  const exploitability = 8.22 * weight('AV') * weight('AC') * weight('PR') * weight('UI')
  // Whatever is missing has made these not a number.
  if (Number.isNaN(impact + exploitability + weight('S'))) return null
  if (impact <= 0) return 0
  return roundUp(Math.min((isChanged ? 1.08 : 1) * (impact + exploitability), 10))
}

const impactOf = (lost: number, isChanged: boolean) =>
  isChanged ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost

/** To one decimal, as CVSS 3.1 does it: on whole numbers, so that 4.000000001 does not become 4.1. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000)
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10
}
