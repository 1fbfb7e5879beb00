import { isFinal, type AgentJob } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import { Agent, request } from 'undici'
import { bundle } from '../../../deploy/bundle.ts'
import { openLab } from '../../lab/lab.ts'
import { administratorOf } from '../administrator.ts'
import { authorityOf, callerTo } from '../caller.ts'
import { join, prepare, UNLIMITED } from '../fleet.ts'
import { startManager } from '../manager.ts'
import { repositoryOf } from '../repository.ts'
import { storyBase, type StoryBase } from '../story-base.ts'
import { until } from '../until.ts'

type Options = {
  /** Which kind of host it is. */
  base?: StoryBase
  /** Packages that the host has before the story begins. */
  packages?: string[]
  agent_config?: string
  /** How much the host can write before its disk is full. */
  disk?: string
}
export type OneHost = Awaited<ReturnType<typeof openOneHost>>

/** A host that lets its manager do everything, and that manager's calls to it. The manager itself only watches. */
export async function openOneHost(options: Options = {}) {
  const { base = storyBase(), packages = [], agent_config = UNLIMITED, disk } = options
  await using opened = new AsyncDisposableStack()
  const folder = await bundle()
  const lab = opened.use(await openLab({ hosts: ['web'], base, ...(disk && { disk }) }))
  const { web } = lab.hosts
  const manager = opened.use(await startManager({ address: lab.gateway, config: patient }))
  const administrator = administratorOf(web, base)
  await prepare(web, folder, packages, { config: agent_config, administrator })
  await join(web, manager)
  const { api, ask } = opened.use(await callerTo(web, manager))

  const job = async (job_id: string, seconds = 60): Promise<AgentJob> =>
    until(
      `job ${job_id} ends`,
      async () => {
        const found = await unlessAway(api.getJob({ job_id }))
        return found && isFinal(found.status) && found
      },
      seconds,
    )

  const { manager: credentials } = await authorityOf(manager)
  const dispatcher = new Agent({
    connect: { ...credentials, checkServerIdentity: () => undefined },
  })
  opened.defer(() => dispatcher.destroy())
  const text = async (path: string) =>
    (await request(`https://${web.address}:12443${path}`, { dispatcher })).body.text()

  const isAsleep = async () => {
    // dpkg runs a file of that name, rpm a shell that counts in one of its own.
    const { exitCode } = await web.exec(['pgrep', '-f', 'lab-sleep.postinst|rpm-tmp'])
    return exitCode === 0
  }

  const all = opened.move()
  return {
    lab,
    web,
    manager,
    folder,
    api,
    ask,
    /** What is at a path that answers no JSON. */
    text,
    /** How a job ended. A host that reboots meanwhile, or an agent that restarts, is waited for. */
    job,
    /** Starts a job and waits until it has ended. */
    done: async (starting: Promise<{ job_id: string }>, seconds?: number) =>
      job((await starting).job_id, seconds),
    repository: repositoryOf(lab, base),
    ...administrator,
    /** Makes the configuration of lab-sleep take so long that a story can get in the way; 0 ends one that sleeps. */
    sleepFor: (seconds: number) => web.write('/etc/lab-sleep', `${seconds}\n`),
    isAsleep,
    sleeps: () => until('the script sleeps', isAsleep),
    /** Waits until a part of a package has been downloaded. */
    downloads: (name: string, bytes = 0) =>
      until('a part has come', async () => (await administrator.bytesOf(name)) > bytes),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** So seldom that the stories have the host to themselves. */
const patient = {
  hosts: { read_every_seconds: 3600, retry_every_seconds: 1 },
  rate_limits: { sign_in: 1000, enroll: 1000, enroll_status: 10_000 },
}

/** An answer, or nothing where nobody was there to give one. A refusal stays one. */
export async function unlessAway<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof Failure) throw error
    return undefined
  })
}

/** What became of each package of a job: its name, the versions before and after, the outcome. */
export const outcomes = ({ result }: AgentJob) =>
  (result?.changes ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version_before, version_after, outcome }) => [
      name,
      version_before,
      version_after,
      outcome,
    ])

/** What a job was refused or failed with, for a comparison with what it should be. */
export const errorOf = ({ status, result }: AgentJob) => [status, result?.error?.code]

export const logOf = ({ logs }: AgentJob) => logs.map(({ message }) => message).join('\n')
