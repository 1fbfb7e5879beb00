import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { JobHost } from '@linux-patch/shared/job'
import { scriptedAgent, type ScriptedAgent } from '../agents/agent.test.kit.ts'
import { fileOf } from '../db/dialects.ts'
import { newHost } from '../db/samples.test.kit.ts'
import type { StoredJob } from '../db/jobs/jobs.ts'
import { newId } from '../db/id.ts'
import { manager } from '../start/manager.test.kit.ts'

type Options = { hosts?: number; socket?: boolean; settings?: Record<string, unknown> }

export type Fleet = Awaited<ReturnType<typeof fleet>>

/** For tests only: a manager, its administrator, and so many hosts whose agents are scripted. */
export async function fleet({ hosts = 1, socket = true, settings = {} }: Options = {}) {
  // The hosts are read when a test wants it, so that what they are asked is countable.
  const rarely = { read_every_seconds: 86_400, retry_every_seconds: 86_400 }
  const world = await manager({ settings: { hosts: rarely, ...settings } })
  const admin = world.as(await world.signIn())
  const agents: ScriptedAgent[] = []
  for (let number = 1; number <= hosts; number++) {
    const id = newId()
    const { authority } = world
    const agent = await scriptedAgent({ authority, host_id: id, socket })
    const here = { ip_address: '127.0.0.1', agent_port: agent.port }
    await world.stores.hosts.add({ ...newHost(number), ...here, id })
    agents.push(agent)
  }
  const [agent] = agents
  if (!agent) throw new Error('A fleet has a host.')
  const host_ids = agents.map(({ host_id }) => host_id)

  return {
    ...world,
    admin,
    /** The manager's way to them. */
    calling: world.agents,
    agent,
    agents,
    host_ids,
    /** SQL as somebody at the database's own prompt would type it. */
    run(statement: string) {
      using database = new DatabaseSync(fileOf(world.config.database_url))
      database.exec(statement)
    },
    patch: () => admin.createJob({ kind: 'patch_apply', host_ids }),
    /** Waits until the first host's part of the job is as described, and answers that part. */
    part: (id: string, is: (part: JobHost) => boolean) =>
      until(async () => {
        const { hosts } = await world.stores.jobs.get(id, 'all')
        return hosts.find((part) => part.host_id === agent.host_id && is(part))
      }),
    ended: (id: string): Promise<StoredJob> =>
      until(async () => {
        const job = await world.stores.jobs.get(id, 'all')
        return job.completed_at === null ? undefined : job
      }),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      for (const one of agents) await one[Symbol.asyncDispose]()
    },
  }
}

/** Asks until there is an answer. */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  for (let turn = 0; turn < 800; turn++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await wait(20)
  }
  throw new Error('It did not come to that in 16 seconds.')
}

export const isTaken = ({ agent_job_id }: JobHost) => agent_job_id !== null
