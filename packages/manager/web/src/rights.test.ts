import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInRoles } from '@linux-patch/shared/permissions'
import { mayCall } from './rights.ts'

const { admin, operator, viewer } = builtInRoles

test('what is offered is what the contract lets the role do', () => {
  assert.ok(mayCall(admin.permissions, 'approveEnrollment'))
  assert.ok(mayCall(operator.permissions, 'createJob'))
  assert.ok(!mayCall(operator.permissions, 'approveEnrollment'))
  assert.ok(!mayCall(viewer.permissions, 'createJob'))
  assert.ok(mayCall([], 'getHealth'))
})

test('an input that asks for more is offered to those who have that too', () => {
  assert.ok(mayCall(['job:create'], 'createJob', { kind: 'update' }))
  assert.ok(!mayCall(['job:create'], 'createJob', { kind: 'reboot' }))
  assert.ok(mayCall(['job:create', 'job:reboot'], 'createJob', { kind: 'reboot' }))
})
