import { setTimeout as wait } from 'node:timers/promises'
import { runJob } from '../stories/fleet.ts'
import { again, timeToAnswer } from './asking.ts'
import type { OrdinaryHost } from './ordinary-host.ts'
import type { Report } from './table.ts'
import { findPatches, prepare, publish, upgrades } from './upgrades.ts'

const ASKED_EVERY_MS = 50
const CALLS = 100

/** How soon the agent says how it is while dpkg is at work, and while nothing is. */
export async function health(ordinary: OrdinaryHost): Promise<Report> {
  const { id, manager, host } = ordinary
  const ask = async () => {
    await wait(ASKED_EVERY_MS)
    return timeToAnswer(ordinary, '/api/v1/health')
  }
  await publish(ordinary)
  await prepare(host, upgrades.ordinary)
  const patches = await findPatches(ordinary, upgrades.ordinary)
  const idle = await again(CALLS, ask)

  const busy: number[] = []
  let isOver = false
  const job = runJob(manager, { kind: 'patch_apply', host_ids: [id], patches }).finally(
    () => (isOver = true),
  )
  while (!isOver) busy.push(await ask())
  const { status } = await job
  if (status !== 'completed') throw new Error(`The job ended ${status}.`)
  return {
    figures: [
      {
        unit: 'ms',
        share: 0.99,
        ours: { name: 'health while a job runs, 99th percentile', sample: busy },
        beside: { name: 'the same while none does', sample: idle },
      },
    ],
    notes: [`Health was asked for ${busy.length} times while the job ran.`],
  }
}
