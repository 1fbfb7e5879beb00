const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const units = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** `2 minutes ago`, `in 3 days`; rounded down, so that nothing looks older than it is. */
export function ago(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000
  for (const [unit, length] of units)
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit)
  return seconds > 0 ? 'in less than a minute' : 'just now'
}

export const absoluteOf = (at: string) => absolute.format(new Date(at))

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })
export const clockOf = (at: string) => clock.format(new Date(at))
