import assert from 'node:assert/strict'
import type { AgentJobSummary } from '@linux-patch/shared/agent-job'
import { drawMany, type Draw } from './draws.ts'
import { countPast, ENDS } from './kinds.ts'
import { takeStep } from './step.ts'
import { tallyOf, type Tally } from './tally.ts'
import { openWorld, type World } from './world.ts'

type Options = {
  seed: number
  /** How many transactions. What is refused is none. */
  count: number
  say: (line: string) => void
}

/**
 * Runs random transactions on one host and judges each. Gives what happened, and throws at the first thing that is
 * not right. The same seed draws the same; only the clock is another.
 */
export async function chaos({ seed, count, say }: Options): Promise<Tally> {
  await using opened = await openWorld()
  const world: World = { ...opened, tally: tallyOf() }
  let taken = 0
  for (const [at, draw] of drawMany(seed, count * 3).entries()) {
    if (taken === count) break
    const ending = await tell(world, { draw, at: at + 1, say })
    if (ending === 'refused') {
      world.tally.count('transactions', ending)
      continue
    }
    taken += 1
    countPast(world.tally, ending)
  }
  assert.equal(taken, count, 'Too much was refused.')
  await judgeAll(world)
  return world.tally
}

type Telling = { draw: Draw; at: number; say: Options['say'] }

async function tell(world: World, { draw, at, say }: Telling) {
  let what = `${at}`
  try {
    const ending = await takeStep(world, draw, (title) => {
      what = `${at}: ${title}${nameTrouble(draw)}`
    })
    say(`${what}: ${ending === 'refused' ? ending : ending.job.status}`)
    return ending
  } catch (cause) {
    throw new Error(`Step ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function nameTrouble({ trouble, moment: { phase, delay_ms }, again_ms }: Draw): string {
  if (!trouble) return ''
  const again = again_ms === null ? '' : `, and killed ${again_ms} ms later`
  return `, ${trouble} in ${phase} + ${delay_ms} ms${again}`
}

/** Every job that was accepted is listed and has ended, no other is, and none has installed twice. */
async function judgeAll({ host: { api, web }, accepted }: World) {
  const listed: AgentJobSummary[] = []
  for (let total = 1; listed.length < total;) {
    const page = await api.listJobs({ offset: listed.length, limit: 100 })
    total = page.total
    listed.push(...page.jobs)
  }
  const ids = listed.map(({ job_id }) => job_id)
  assert.deepEqual(ids.toSorted(), [...accepted].toSorted(), 'Jobs were lost, or begun twice.')
  const others = listed.filter(({ status }) => !ENDS.includes(status))
  assert.deepEqual(others, [], 'Jobs have not ended.')
  const history = await web.sh('grep "^Commandline: .*LinuxPatch::Job=" /var/log/apt/history.log')
  const installing = history.split('\n').filter((line) => !line.includes('--download-only'))
  assert.equal(new Set(installing).size, installing.length, 'A job has installed twice.')
}
