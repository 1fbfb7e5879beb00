import assert from 'node:assert/strict'
import type { Endpoint } from '@linux-patch/shared/contract'
import type { BuiltInRole } from '@linux-patch/shared/permissions'
import type { Request } from 'express'
import { test } from 'node:test'
import { z } from 'zod'
import type { ManagerCall } from '../services/caller.ts'
import { somebody } from '../services/people/person.test.kit.ts'
import { door } from './admit.ts'

const request = {
  headersDistinct: { authorization: ['Bearer token'] },
  socket: { remoteAddress: '192.0.2.1' },
  res: { locals: { requestId: 'request' } },
} as unknown as Request

const endpoint = (access: Endpoint['access']): Endpoint => ({
  route: 'GET /somewhere',
  summary: '',
  access,
  input: z.strictObject({}),
  output: z.void(),
})

/** A door before which somebody of this role stands, and what it has put on record. */
function doorFor(role: BuiltInRole) {
  const refused: unknown[] = []
  const asked: unknown[] = []
  return {
    refused,
    asked,
    ...door({
      tokenCallers: { whoIs: () => Promise.reject(new Error('There are no tokens here.')) },
      sessions: { whoIs: () => Promise.resolve(somebody(role)) },
      stepUp: {
        demand: ({ user }, permission) => {
          asked.push([user.username, permission])
          return Promise.resolve()
        },
      },
      onRefused: ({ user }, access, call) =>
        Promise.resolve(void refused.push([user.username, access, call])),
    }),
  }
}
const call = { peer: '192.0.2.1', request_id: 'request' }

test('an access that no role has is refused, and the refusal is on record', async () => {
  const { admit, refused } = doorFor('admin')
  await assert.rejects(async () => admit(request, endpoint('reboot')), { code: 'forbidden_role' })
  assert.deepEqual(refused, [['admin', 'reboot', call]])
  assert.deepEqual(await admit(request, endpoint('host:read')), somebody())
})

test('what an input asks for besides is looked at too, and a refusal is on record', async () => {
  const { permit, refused } = doorFor('viewer')
  const asked = { ...call, caller: somebody('viewer') } as ManagerCall
  await permit('job:read', asked)
  await assert.rejects(permit('job:reboot', asked), { code: 'forbidden_role' })
  assert.deepEqual(refused, [['viewer', 'job:reboot', call]])
})

test('what is dangerous asks for who he is once more, and nothing else does', async () => {
  const { admit, permit, asked } = doorFor('admin')
  await admit(request, endpoint('host:read'))
  assert.deepEqual(asked, [])
  await admit(request, endpoint('host:delete'))
  await permit('job:reboot', { ...call, caller: somebody() } as ManagerCall)
  assert.deepEqual(asked, [
    ['admin', 'host:delete'],
    ['admin', 'job:reboot'],
  ])
})
