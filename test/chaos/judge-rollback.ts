import assert from 'node:assert/strict'
import type { Failure } from '@linux-patch/shared/failure'
import { brokenIn, differing, mended, tell, type HostState } from './state.ts'
import type { Past } from './world.ts'

/** All that the job had touched is as it was before it, to the mark, and nothing else has changed. */
export function judgeRestored(original: Past, before: HostState, after: HostState) {
  const touched = touchedBy(original)
  const wanted = mended(original.before)
  for (const name of touched)
    assert.equal(tell(after, name), tell(wanted, name), `${name} is not restored.`)
  const others = differing(mended(before), after).filter((name) => !touched.includes(name))
  assert.deepEqual(others, [], 'The rollback changed more than its job had.')
}

/** What was broken before a job is repaired first, and that is what there is to go back to. */
export function touchedBy({ before, after }: Past): string[] {
  const changed = differing(before, after)
  return differing(mended(before), after).filter((name) => changed.includes(name))
}

/** Whether a rollback goes back to where the host just was, which nothing stands in the way of. */
export const isNewest = ({ after }: Past, now: HostState) => differing(after, now).length === 0

/** A rollback may be refused only for a reason that dpkg confirms. */
export function judgeRefusal({ code, message, details }: Failure, original: Past, now: HostState) {
  const reason = details['reason']
  const refused = `The rollback was refused: ${code} ${String(reason)} ${message}`
  const touched = touchedBy(original)
  const wanted = mended(original.before)
  const isAsBefore = (name: string) => tell(now, name) === tell(wanted, name)
  const isAsAfter = (name: string) => tell(now, name) === tell(original.after, name)
  if (code === 'JOB_CANCELLED') return assert.deepEqual(touched, [], refused)
  if (reason === 'nothing_to_revert') return assert.ok(touched.every(isAsBefore), refused)
  assert.ok(!isNewest(original, now), refused)
  assert.deepEqual(brokenIn(now), [], refused)
  if (reason === 'changed_since')
    assert.ok(!touched.every((name) => isAsBefore(name) || isAsAfter(name)), refused)
  else assert.ok(reason === 'already_rolled_back' || code === 'PKG_DEPENDENCY_ERROR', refused)
}
