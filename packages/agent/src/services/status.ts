import type { Health } from '@linux-patch/shared/agent-api/system'
import type { Listing, PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'
import type { StoredJob } from '../store/job-row.ts'
import { listSettled, pendingUpdates, type Pending } from './pending.ts'
import { counted } from './text.ts'

export type Status = {
  version: string
  now: Date
  /** As systemd says it: `active`, `activating (auto-restart), 7 restarts`; null where it does not answer. */
  agent: string | null
  health: Pick<Health, 'status' | 'details'>
  certificate_until: Date | null
  /** Null where the jobs cannot be read. */
  jobs:
    | Pick<
        StoredJob,
        'operation' | 'names' | 'status' | 'progress_percent' | 'message' | 'scheduled_at'
      >[]
    | null
  updates: Pending | null
  lists_updated_at: Date | null
  lists_failure: string | null
  /** Null where it cannot be told. */
  reboot_reasons: string[] | null
}

type Deps = {
  version: string
  now: () => Date
  run: Run
  health: () => Promise<Pick<Health, 'status' | 'details'>>
  certificateUntil: () => Date | null
  jobs: () => Status['jobs']
  listsFailure: () => string | null
  packageManager: Pick<PackageManager, 'list' | 'patches' | 'rebootReasons'>
}

/** How the host is, from its own files and databases: nobody is asked, neither the agent nor the network. */
export async function readStatus(deps: Deps): Promise<Status> {
  const [agent, health, listing, reboot_reasons] = await Promise.all([
    orNull(askSystemd(deps.run)),
    deps.health(),
    orNull(listSettled(deps.packageManager)),
    orNull(deps.packageManager.rebootReasons()),
  ])
  return {
    version: deps.version,
    now: deps.now(),
    agent,
    health,
    certificate_until: deps.certificateUntil(),
    jobs: await orNull(Promise.resolve().then(deps.jobs)),
    ...freshness(listing),
    updates: listing && pendingUpdates(listing.packages),
    lists_failure: await orNull(Promise.resolve().then(deps.listsFailure)),
    reboot_reasons,
  }
}

const freshness = (listing: Listing | null) => ({
  lists_updated_at: listing?.lists_updated_at ? new Date(listing.lists_updated_at) : null,
})

async function askSystemd(run: Run): Promise<string | null> {
  const wanted = ['--property', 'ActiveState,SubState,NRestarts']
  const { stdout } = await run('systemctl', ['show', ...wanted, '--', 'linux-patch-agent.service'])
  return parseState(stdout)
}

/** From `ActiveState=active`, `SubState=running` and `NRestarts=0`, in any order. */
function parseState(text: string): string | null {
  const said = new Map(text.split('\n').map((line) => line.split('=', 2) as [string, string]))
  const [state, detail] = [said.get('ActiveState'), said.get('SubState') ?? '']
  if (!state) return null
  // A service that ends and is started again and again is active whenever one happens to look.
  const restarts = Number(said.get('NRestarts') ?? 0)
  const often = restarts > 0 ? `, ${counted(restarts, 'restart')}` : ''
  return `${state}${usual.has(detail) ? '' : ` (${detail})`}${often}`
}

/** What goes without saying beside `active`, `inactive` and `failed`. */
const usual = new Set(['running', 'dead', 'failed', ''])

async function orNull<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked
  } catch {
    return null
  }
}
