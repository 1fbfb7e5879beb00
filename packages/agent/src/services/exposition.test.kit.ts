import assert from 'node:assert/strict'

type Series = { name: string; labels: Record<string, string>; value: number }
type Read = { type: string; help: string; series: Series[] }

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"'
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`)
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
)
const SUFFIX = /_(bucket|sum|count)$/

/** Reads Prometheus' text format, and takes nothing that its definition does not promise. */
export function parseExposition(text: string): Map<string, Read> {
  assert.ok(text.endsWith('\n') && !text.includes('\r'))
  const families = new Map<string, Read>()
  const lines = text.slice(0, -1).split('\n')
  for (let at = 0; at < lines.length;) {
    const [, name = '', help = ''] =
      HELP.exec(lines[at] ?? '') ?? assert.fail(`no HELP: ${lines[at]}`)
    const [, typed, type = ''] =
      TYPE.exec(lines[at + 1] ?? '') ?? assert.fail(`no TYPE: ${lines[at + 1]}`)
    assert.equal(typed, name)
    assert.ok(!families.has(name), `${name} comes twice`)
    const series: Series[] = []
    for (at += 2; at < lines.length && !lines[at]?.startsWith('#'); at += 1)
      series.push(readSample(lines[at] ?? '', name, type))
    families.set(name, { type, help, series })
    check(name, type, series)
  }
  return families
}

function readSample(line: string, family: string, type: string): Series {
  const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`)
  assert.equal(type === 'histogram' ? name.replace(SUFFIX, '') : name, family)
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, key = '', text = '']) => [
      key,
      text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
    ],
  )
  assert.equal(
    new Set(pairs.map(([key]) => key)).size,
    pairs.length,
    `a label comes twice: ${line}`,
  )
  return { name, labels: Object.fromEntries(pairs), value: Number(value) }
}

function check(name: string, type: string, series: Series[]) {
  assert.ok(series.length > 0, `${name} has no sample`)
  const keys = series.map(
    (one) => one.name + JSON.stringify(one.labels, Object.keys(one.labels).toSorted()),
  )
  assert.equal(new Set(keys).size, keys.length, `a series of ${name} comes twice`)
  if (type === 'counter') assert.match(name, /_total$/)
  if (type === 'histogram') checkHistogram(series)
}

/** Every bucket holds what the smaller ones hold, and the last one all. */
function checkHistogram(series: Series[]) {
  const counts = series.filter(({ name }) => name.endsWith('_count'))
  for (const { labels, value } of counts) {
    const own = series.filter(
      (one) =>
        one.name.endsWith('_bucket') &&
        Object.entries(labels).every(([key, text]) => one.labels[key] === text),
    )
    const values = own.map((one) => one.value)
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
    )
    assert.deepEqual([own.at(-1)?.labels.le, values.at(-1)], ['+Inf', value])
  }
}
