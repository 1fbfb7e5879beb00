import { globSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { bases } from './lab/base.ts'
import { livesByDnf } from './lab/root.ts'
import { skipWithout } from './needs.ts'
import { isStoryBase, storyBases, type StoryBase } from './stories/story-base.ts'

const USAGE = `npm run matrix [-- <base> ...]

Tells the stories of the hosts on every system that they run on, one after the other.
Bases: ${storyBases.join(', ')}; all without one.`

const find = (...patterns: string[]) =>
  patterns.flatMap((pattern) => globSync(join(import.meta.dirname, 'stories', pattern)))

/** What depends on the host's system; the other stories are about the manager. */
const STORIES = find(
  'agent/*.test.ts',
  'main-job.test.ts',
  'interruptions.test.ts',
  'bad-input.test.ts',
)
const ofDnf = find('agent/dnf*.test.ts')
const ofBoth = STORIES.filter((file) => !ofDnf.includes(file))

function storiesOn(base: StoryBase): string[] {
  if (!livesByDnf(base)) return ofBoth
  return base === 'dnf' ? STORIES : ofDnf
}

type Outcome = { ok: boolean; words: string }

async function main(names: string[]) {
  const chosen = names.length > 0 ? names : [...storyBases]
  if (!chosen.every(isStoryBase)) return complain(USAGE)
  const lack = skipWithout(chosen.some(livesByDnf) ? 'dnf' : 'lab')
  if (lack) return complain(`The stories boot real hosts, and ${lack}.`)

  const lines: string[] = []
  for (const base of chosen) {
    console.log(`\n${base}\n`)
    const started = performance.now()
    const { ok, words } = await outcomeOn(base)
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    lines.push(`${ok ? '✔' : '✖'} ${base.padEnd(14)} ${words}, in ${seconds} seconds`)
    if (!ok) process.exitCode = 1
  }
  console.log(`\n${lines.join('\n')}`)
}

/** A base that cannot be made here is a failure like any other; the next one is told all the same. */
async function outcomeOn(base: StoryBase): Promise<Outcome> {
  try {
    await bases[base]()
  } catch (error) {
    console.error(String(error))
    return { ok: false, words: 'cannot be made here' }
  }
  return tell(base)
}

function tell(base: StoryBase): Promise<Outcome> {
  // Nothing is left out where CI is set.
  const env = { ...process.env, LAB_BASE: base, CI: 'true' }
  const stories = run({ files: storiesOn(base), concurrency: 2, timeout: 300_000, env })
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  stories.once('error', reject)
  stories.on('test:summary', ({ file, success, counts }) => {
    if (file !== undefined) return // one for each file comes before that of all
    const failed = counts.tests - counts.passed
    resolve({ ok: success && failed === 0, words: `${counts.passed} passed, ${failed} failed` })
  })
  stories.compose(spec).pipe(process.stdout)
  return promise
}

function complain(sentence: string) {
  console.error(sentence)
  process.exitCode = 1
}

await main(process.argv.slice(2))
