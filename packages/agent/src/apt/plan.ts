import type { TransactionChange } from '@linux-patch/shared/transaction'
import type { Plan, TransactionRequest } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { isCached } from './archive-cache.ts'
import { simulationArguments } from './commands.ts'
import { aptFailure } from './failures.ts'
import type { Installed } from './installed.ts'
import { plainName } from './relations.ts'
import { refuseMore } from './removal.ts'
import { readSavedFile } from './saved-file.ts'
import { findSecurity } from './security.ts'
import { parseSimulation, type Step } from './simulation.ts'
import type { StatePaths } from './state.ts'
import type { AskStanzas, Stanza } from './stanzas.ts'

export type PlanDeps = {
  run: Run
  paths: StatePaths
  root: string
  options: string[]
  cacheOptions: string[]
  askStanzas: AskStanzas
}

export async function makePlan(
  request: TransactionRequest,
  installed: Map<string, Installed>,
  deps: PlanDeps,
): Promise<Plan> {
  const steps = await simulate(request, deps)
  const [stanzas, fixes] = await Promise.all([
    deps.askStanzas({ exact: exactOf(steps), files: request.files }),
    findSecurity(steps, deps),
  ])
  const changes = steps.map((step) => ({ step, stanza: stanzaOf(step, stanzas) }))
  const missing = await Promise.all(
    changes.map((change) => isMissing(change, request.files, deps.root)),
  )
  return {
    changes: changes.map(({ step, stanza }) => toChange(step, stanza, fixes)),
    download_bytes: sum(changes.map(({ stanza }, at) => (missing[at] ? sizeOf(stanza) : 0))),
    disk_bytes: sum(changes.map(({ step, stanza }) => growth(step, stanza, installed))),
  }
}

/** What apt-get would do, step by step, or its refusal. */
export async function simulate(
  request: TransactionRequest,
  { run, options }: Pick<PlanDeps, 'run' | 'options'>,
): Promise<Step[]> {
  const ran = await run('aptGet', simulationArguments(request, options))
  if (ran.exitCode !== 0) throw aptFailure(ran)
  const steps = parseSimulation(ran.stdout)
  refuseMore(request, steps)
  return steps
}

/** What comes, as `name=version`. */
export const exactOf = (steps: Step[]) =>
  steps
    .filter(({ version_planned }) => version_planned !== null)
    .map(({ name, version_planned }) => `${name}=${version_planned}`)

export const stanzaOf = (
  { name, architecture, version_planned }: Step,
  stanzas: Map<string, Stanza>,
): Stanza | undefined => stanzas.get(`${plainName(name)}:${architecture}=${version_planned}`)

function toChange(step: Step, stanza: Stanza | undefined, fixes: Set<string>): TransactionChange {
  const { name, action, version_before, version_planned, origins } = step
  return {
    name,
    action,
    version_before,
    version_planned,
    download_bytes: version_planned === null ? null : sizeOf(stanza),
    origins,
    security: fixes.has(name),
  }
}

const sizeOf = (stanza: Stanza | undefined) => stanza?.download_bytes ?? 0

type Change = { step: Step; stanza: Stanza | undefined }

/** Whether it must still be fetched: apt may have it since an earlier try, or be given it as a file. */
async function isMissing({ step, stanza }: Change, files: string[], root: string) {
  if (step.version_planned === null || !stanza) return false
  const { name, version } = stanza
  const given = files.map(readSavedFile)
  if (given.some((file) => file?.name === name && file.version === version)) return false
  return !(await isCached(stanza, root))
}

function growth({ name }: Step, stanza: Stanza | undefined, installed: Map<string, Installed>) {
  const before = installed.get(name)
  const freed = before?.status === 'residual' ? 0 : (before?.size_bytes ?? 0)
  return (stanza?.installed_bytes ?? 0) - freed
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
