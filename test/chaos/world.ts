import { join } from 'node:path'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import { readDatabase } from '@linux-patch/agent/store/open'
import { openOneHost, unlessAway, type OneHost } from '../stories/agent/one-host.ts'
import { until } from '../stories/until.ts'
import { chaosPackages, firstPackages } from './packages.ts'
import type { HostState } from './state.ts'
import type { Tally } from './tally.ts'

/** A job that has ended, with what dpkg said before and after it. */
export type Past = {
  job: AgentJob
  /** What it was, in words. */
  title: string
  before: HostState
  after: HostState
}

export type World = Awaited<ReturnType<typeof openWorld>> & { tally: Tally }

/** One host with its agent, and all that was asked of it. */
export async function openWorld() {
  await using opened = new AsyncDisposableStack()
  const host: OneHost = opened.use(await openOneHost({ packages: firstPackages }))
  const { web, lab } = host
  await lab.repository.add(...chaosPackages)
  await web.aptUpdate()
  // It comes back as it always does, but nobody has to wait a second for it.
  const quickly = '[Service]\nRestartSec=200ms\n'
  await web.write('/etc/systemd/system/linux-patch-agent.service.d/chaos.conf', quickly)
  await web.sh('systemctl daemon-reload')
  const database = opened.adopt(
    readDatabase(join(web.root, 'var/lib/linux_patch_api/agent.sqlite')),
    (one) => one.close(),
  )

  /** What the agent's own record says a job is at, also while there is no agent. */
  const phaseOf = (job_id: string): string | undefined => {
    const sql = 'SELECT phase FROM jobs WHERE job_id = :job_id'
    return database.all<{ phase: string }>(sql, { job_id })[0]?.phase
  }
  const all = opened.move()
  return {
    host,
    phaseOf,
    /** Every job that was accepted, by its id. */
    accepted: new Set<string>(),
    past: [] as Past[],
    /** Asks until somebody answers, as often as it takes: so it has to be something that may be asked twice. */
    insist: <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
      until('the agent answers', () => unlessAway(ask()), 30),
    /** Waits for the job's end, and for the end of whatever of it still runs then. */
    async ended(job_id: string): Promise<AgentJob> {
      await host.job(job_id, 120)
      await until('nothing of it runs', async () => (phaseOf(job_id) ?? 'over') === 'over')
      return until('the agent answers', () => unlessAway(host.api.getJob({ job_id })), 30)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
