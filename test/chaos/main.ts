import { parseArgs } from 'node:util'
import { skipWithout } from '../needs.ts'
import { chaos } from './chaos.ts'
import { missingKinds, tablesOf } from './kinds.ts'

const USAGE = `npm run chaos [-- --seed <number>] [--count <number>]

Runs random transactions on one real host, cancels some, kills the agent in others, and judges each by dpkg's own word.
Without a seed it draws one; 500 transactions take about half an hour.`

/** Fewer than these need not have met everything that can happen. */
const MEETS_ALL = 500

const options = { seed: { type: 'string' }, count: { type: 'string' } } as const

async function main() {
  const { values } = parseArgs({ options })
  const { seed = `${Date.now() % 1_000_000}`, count = '500' } = values
  if (![seed, count].every((value) => /^\d+$/.test(value))) return complain(USAGE)
  const lack = skipWithout('lab')
  if (lack) return console.log(`Left out: it boots a real host, and ${lack}.`)
  console.log(`Seed ${seed}, ${count} transactions.`)
  await run(Number(seed), Number(count))
}

async function run(seed: number, count: number) {
  const seconds = () => (performance.now() / 1000).toFixed(0).padStart(5)
  const again = `Once more: npm run chaos -- --seed ${seed} --count ${count}`
  try {
    const tally = await chaos({
      seed,
      count,
      say: (line) => console.log(`${seconds()} s  ${line}`),
    })
    console.log(['', tablesOf(tally), '', `Took ${seconds().trim()} seconds.`].join('\n'))
    const missing = missingKinds(tally)
    if (count >= MEETS_ALL && missing.length > 0)
      complain(`Never met, so nothing is known of it: ${missing.join(', ')}.\n${again}`)
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n${again}`)
  }
}

function complain(sentence: string) {
  console.error(sentence)
  process.exitCode = 1
}

await main()
