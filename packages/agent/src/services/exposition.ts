type Labels = Record<string, string>
export type Sample = { labels?: Labels; value: number; suffix?: '_bucket' | '_sum' | '_count' }
export type Family = {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  samples: Sample[]
}

/**
 * Figures in the text format that Prometheus reads:
 *
 *     # HELP linux_patch_agent_jobs_waiting Jobs that wait for their turn.
 *     # TYPE linux_patch_agent_jobs_waiting gauge
 *     linux_patch_agent_jobs_waiting 2
 *
 * What is not known has no sample: it is left out, and never 0.
 */
export const toText = (families: Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('')

function familyText({ name, help, type, samples }: Family): string {
  const lines = samples.map(
    ({ labels = {}, value, suffix = '' }) =>
      `${name}${suffix}${labelText(labels)} ${number(value)}`,
  )
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeValue = (text: string) => escapeHelp(text).replaceAll('"', '\\"')
const number = (value: number) => (value === Infinity ? '+Inf' : String(value))

/** Counts by labels. */
export function counter() {
  const counts = new Map<string, Sample>()
  return {
    add(labels: Labels) {
      const key = JSON.stringify(labels)
      counts.set(key, { labels, value: (counts.get(key)?.value ?? 0) + 1 })
    },
    samples: () => [...counts.values()],
  }
}

/** How values spread over bounds, by labels. */
export function histogram(bounds: number[]) {
  const spreads = new Map<
    string,
    { labels: Labels; within: number[]; count: number; sum: number }
  >()
  return {
    add(labels: Labels, value: number) {
      const key = JSON.stringify(labels)
      const before = spreads.get(key) ?? { labels, within: bounds.map(() => 0), count: 0, sum: 0 }
      spreads.set(key, {
        labels,
        within: before.within.map((count, index) => count + Number(value <= (bounds[index] ?? 0))),
        count: before.count + 1,
        sum: before.sum + value,
      })
    },
    samples: (): Sample[] =>
      [...spreads.values()].flatMap(({ labels, within, count, sum }) => [
        ...[...within, count].map((value, index): Sample => {
          const le = number(bounds[index] ?? Infinity)
          return { suffix: '_bucket', labels: { ...labels, le }, value }
        }),
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: count },
      ]),
  }
}
