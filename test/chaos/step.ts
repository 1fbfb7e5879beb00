import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { logOf } from '../stories/agent/one-host.ts'
import type { Draw } from './draws.ts'
import { judge, REFUSALS } from './judge.ts'
import { judgeRefusal } from './judge-rollback.ts'
import { requestOf, type Request } from './requests.ts'
import { arrange } from './scenery.ts'
import { readState, type HostState } from './state.ts'
import { makeTrouble, shake } from './trouble.ts'
import type { Past, World } from './world.ts'

type Ending = Past | 'refused'

/** One transaction from the request to the verdict. `say` is told what it is before it begins. */
export async function takeStep(
  world: World,
  draw: Draw,
  say: (title: string) => void,
): Promise<Ending> {
  const { host, past } = world
  const fails = await arrange(world, draw)
  const before = await readState(host.web)
  const request = requestOf(draw, world, before)
  say(request.title)
  const key = { idempotency_key: randomUUID() }
  const ahead = draw.trouble && draw.moment.phase === 'queued' ? await queue(world) : undefined
  const job_id = await begin(world, draw, { request, key, before })
  if (job_id) await makeTrouble(world, job_id, draw)
  if (ahead) assert.equal((await world.ended(ahead)).status, 'completed')
  if (!job_id) return 'refused'
  const job = await world.ended(job_id)
  const again = await world.insist(() => request.start(key))
  assert.equal(again.job_id, job_id, 'The same request with the same key began another job.')

  const after = await readState(host.web)
  const is_impossible = () => isImpossible(world, request)
  const is_unwanted = draw.trouble === 'cancelled'
  await judge({ request, before, after, job, fails, is_unwanted, is_impossible }).catch(
    (cause: unknown) => {
      throw withJob(cause, job)
    },
  )
  const ended = { job, before, after, title: request.title }
  past.push(ended)
  return ended
}

const withJob = (cause: unknown, job: AgentJob) =>
  new Error(`${String(cause)}\n${JSON.stringify(job.result, null, 1)}\n${logOf(job)}`, { cause })

/** Something that goes first and changes no package, so that a job waits behind it. */
async function queue({ host, insist, accepted }: World): Promise<string> {
  const key = { idempotency_key: randomUUID() }
  const { job_id } = await insist(() => host.api.refreshPackages({}, key))
  accepted.add(job_id)
  return job_id
}

type Beginning = { request: Request; key: { idempotency_key: string }; before: HostState }

/** The id of the job that was accepted; undefined where the request was refused for a good reason. */
async function begin(world: World, { trouble, moment }: Draw, { request, key, before }: Beginning) {
  const starting = world.insist(() => request.start(key))
  starting.catch(() => undefined) // awaited below, whatever happens meanwhile
  if (moment.phase === 'asked' && (trouble === 'killed' || trouble === 'restarted')) {
    await wait(moment.delay_ms % 300)
    await shake(world, trouble)
    world.tally.count(trouble, 'asked')
  }
  try {
    const { job_id } = await starting
    world.accepted.add(job_id)
    return job_id
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (request.original) judgeRefusal(error, request.original, before)
    else {
      assert.ok(REFUSALS.includes(error.code), `${error.code}: ${error.message}`)
      assert.ok(await isImpossible(world, request), `${error.message} But apt would do it.`)
    }
    return undefined
  }
}

/** Asks apt, and not the agent, whether it would do the same without taking anything else along. */
async function isImpossible({ host: { web } }: World, { simulation }: Request): Promise<boolean> {
  if (!simulation) return false
  return (await web.exec(['/bin/sh', '-c', simulation])).exitCode !== 0
}
