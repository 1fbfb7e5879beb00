import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure, type FailureCode } from '@linux-patch/shared/failure'
import type { JobPreview } from '@linux-patch/shared/job-preview'
import { startFrom } from './preview-start.ts'

const failed = (code: FailureCode) => new Failure(code, 'It failed.')
const transaction = {
  digest: 'sha256:1',
  changes: [],
  download_bytes: 0,
  disk: [],
  reboot_required: false,
  services_to_restart: null,
  rollback: { possible: true, reason: null },
}
const error = { code: 'host_unreachable', message: 'It is away.' }
const data: JobPreview = {
  hosts: [
    { host_id: 'a', host_name: 'a', transaction, error: null },
    { host_id: 'b', host_name: 'b', transaction: null, error },
  ],
}
const bound = { word: 'Start job', isOffered: true, expected_digests: { a: 'sha256:1' } }

test('a job is bound to the preview that is shown, also where it could not be read again', () => {
  assert.deepEqual(startFrom({ data, error: null }), bound)
  assert.deepEqual(startFrom({ data, error: failed('unavailable') }), bound)
})

test('without a preview it is started only where the job itself may be taken', () => {
  const blind = { word: 'Start without a preview', isOffered: true, expected_digests: {} }
  for (const code of ['unavailable', 'internal', 'rate_limited'] as const)
    assert.deepEqual(startFrom({ data: undefined, error: failed(code) }), blind)
  for (const code of ['invalid_request', 'not_found', 'forbidden_role'] as const)
    assert.equal(startFrom({ data: undefined, error: failed(code) }).isOffered, false)
  assert.equal(startFrom({ data: undefined, error: null }).isOffered, false)
})
