import assert from 'node:assert/strict'
import { isFinal, type AgentJob } from '@linux-patch/shared/agent-job'
import { isNewest, judgeRestored, touchedBy } from './judge-rollback.ts'
import type { Request } from './requests.ts'
import { brokenIn, differing, tell, versionOf, type HostState } from './state.ts'

export type Told = {
  request: Request
  before: HostState
  after: HostState
  job: AgentJob
  /** Whether somebody asked for it to stop. */
  is_unwanted: boolean
  /** Whether the postinst of lab-fail fails. */
  fails: boolean
  /** Whether apt itself refuses to do what was asked. */
  is_impossible: () => Promise<boolean>
}

/** What a request may be refused with, or a job once it runs, having changed nothing. */
export const REFUSALS = ['PKG_DEPENDENCY_ERROR', 'PKG_VERSION_CONFLICT', 'PKG_NOT_FOUND']

/** Compares what a job says with what dpkg says, and both with what was asked for. */
export async function judge(told: Told) {
  judgeHealth(told)
  await judgeStatus(told)
  judgeChanges(told)
  if (told.job.status === 'completed') judgeWanted(told)
}

/** The host is whole, or the job says exactly what is broken. */
function judgeHealth({ job, after, before }: Told) {
  const broken = brokenIn(after)
  if (broken.length === 0) return assert.equal(after.audit, '', 'The host is not whole.')
  // One that was cancelled before it did anything cannot have repaired anything either.
  if (job.status === 'cancelled' && differing(before, after).length === 0) return
  const still = broken.filter((name) => brokenIn(before).includes(name))
  assert.deepEqual(still, [], 'The job did not repair what was broken before it.')
  const said = job.result?.packages_failed ?? []
  for (const name of broken)
    assert.ok(said.includes(name), `${name} is broken, and it says nothing.`)
}

async function judgeStatus(told: Told) {
  const { request, job, before, after } = told
  const { status, result } = job
  const why = `It ended as ${status}: ${job.message}`
  assert.ok(isFinal(status) && status !== 'timeout', why)
  assert.equal(result?.success, status === 'completed', why)
  if (status === 'completed') return
  if (status === 'cancelled') return assert.ok(told.is_unwanted, why)
  if (told.fails && result?.packages_failed.includes('lab-fail')) return
  assert.ok(REFUSALS.includes(result?.error?.code ?? ''), why)
  if (request.original) assert.ok(!isNewest(request.original, before), why)
  else assert.ok(await told.is_impossible(), `${why} But apt would do it.`)
  assert.deepEqual(changedBetween(before, after), [], `${why} Yet something changed.`)
}

/** What changed is what it says, and what it says is so. */
function judgeChanges({ job, before, after, request }: Told) {
  const changes = job.result?.changes ?? []
  for (const { name, outcome, action, version_after } of changes) {
    assert.equal(versionOf(after, name), version_after, `${name} is not what the job says.`)
    const isBroken = brokenIn(after).includes(name)
    assert.equal(outcome === 'broken', isBroken, `${name} is called ${outcome}.`)
    if (outcome === 'done' && action !== 'remove')
      assert.match(tell(after, name), /^[hpir]i /, `${name} is not installed.`)
  }
  // Who names what is there already has it marked as wanted, which is no change of it.
  const done = changes.filter(({ outcome }) => outcome !== 'not_done')
  const hasWorked = done.length > 0 || job.status === 'completed'
  const named = request.original ? touchedBy(request.original) : Object.keys(request.wanted)
  const told = [...done.map(({ name }) => name), ...(hasWorked ? named : [])]
  const untold = changedBetween(before, after).filter((name) => !told.includes(name))
  assert.deepEqual(untold, [], 'Packages changed of which the job says nothing.')
}

/** What was broken before and is repaired now does not count. */
function changedBetween(before: HostState, after: HostState) {
  const broken = brokenIn(before)
  return differing(before, after).filter((name) => !broken.includes(name))
}

function judgeWanted({ request, before, after }: Told) {
  for (const [name, version] of Object.entries(request.wanted))
    assert.equal(versionOf(after, name), version, `${name} is not what was asked for.`)
  if (request.original) judgeRestored(request.original, before, after)
}
