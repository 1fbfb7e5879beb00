import assert from 'node:assert/strict'
import type { Endpoint } from '@linux-patch/shared/contract'
import type { Request } from 'express'
import { test } from 'node:test'
import { z } from 'zod'
import type { Person } from '../services/caller.ts'
import { admit } from './admit.ts'

const person: Person = {
  session_id: 'session',
  user: { id: 'user', username: 'admin', role: 'admin', password_reset_required: false },
}
const request = {
  get: () => 'Bearer token',
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

test('an access that no role has is refused, and the refusal is on record', async () => {
  const refused: unknown[] = []
  const door = admit({
    signIn: { whoIs: () => Promise.resolve(person) },
    onRefused: ({ user }, { access }, call) =>
      Promise.resolve(void refused.push([user.username, access, call])),
  })
  await assert.rejects(async () => door(request, endpoint('reboot')), { code: 'forbidden_role' })
  assert.deepEqual(refused, [['admin', 'reboot', { peer: '192.0.2.1', request_id: 'request' }]])
  assert.deepEqual(await door(request, endpoint('host:read')), person)
})
