import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openFleet, outcomes, runJob } from './fleet.ts'

const skip = skipWithout('dnf')

test('one job patches hosts that live by apt and by dnf', { skip }, async () => {
  const base = { debian: 'debian-12', rocky: 'dnf' } as const
  const packages = ['lab-lib=1.0-1', 'lab-libtool=1.0-1']
  await using fleet = await openFleet(['debian', 'rocky'], { base, packages })
  const { ids, manager } = fleet

  const job = await runJob(manager, { kind: 'patch_apply', host_ids: [ids.debian, ids.rocky] }, 240)
  assert.equal(job.status, 'completed')
  for (const part of job.hosts)
    assert.deepEqual(outcomes(part), [
      ['lab-lib', '1.0-1', '1.0-2', 'done'],
      ['lab-libtool', '1.0-1', '1.0-2', 'done'],
    ])
})
