import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInRoles, type Permission } from '@linux-patch/shared/permissions'
import { mayCall } from './rights.ts'

const { admin, operator, viewer } = builtInRoles
const of = (...permissions: Permission[]) => ({ permissions, scoped: true })

test('what is offered is what the contract lets the role do', () => {
  assert.ok(mayCall(admin, 'approveEnrollment'))
  assert.ok(mayCall(operator, 'createJob'))
  assert.ok(!mayCall(operator, 'approveEnrollment'))
  assert.ok(!mayCall(viewer, 'createJob'))
  assert.ok(mayCall(of(), 'getHealth'))
})

test('an input that asks for more is offered to those who have that too', () => {
  assert.ok(mayCall(of('job:create'), 'createJob', { kind: 'update' }))
  assert.ok(!mayCall(of('job:create'), 'createJob', { kind: 'reboot' }))
  assert.ok(mayCall(of('job:create', 'job:reboot'), 'createJob', { kind: 'reboot' }))
})

test('what is about all hosts is not offered to those who see only some', () => {
  const permissions: Permission[] = ['group:write']
  assert.ok(!mayCall({ permissions, scoped: true }, 'createGroup'))
  assert.ok(mayCall({ permissions, scoped: false }, 'createGroup'))
})
