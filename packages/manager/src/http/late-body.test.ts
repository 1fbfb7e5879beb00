import assert from 'node:assert/strict'
import { request } from 'node:https'
import { test } from 'node:test'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

type Change = (admin: ReturnType<Manager['as']>, id: string) => Promise<unknown>

/** What keeps an administrator from making another one. */
const changes: Record<string, Change> = {
  'another role': (admin, id) => admin.changeUser({ id, role: 'auditor' }),
  'being disabled': (admin, id) => admin.changeUser({ id, is_active: false }),
  'being removed': (admin, id) => admin.removeUser({ id }),
  'the end of all sessions': (admin, id) => admin.revokeSessions({ id }),
}

const body = JSON.stringify({ username: 'back.door', role: 'admin' })

/** A request of which the manager has the head, and waits for the body. */
async function begun({ port, authority }: Manager, token: string) {
  const asked = request({
    host: '127.0.0.1',
    port,
    ca: authority.root_pem,
    method: 'POST',
    path: '/api/v1/users',
    headers: {
      ...bearer(token),
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    },
  })
  const status = new Promise<number | undefined>((resolve, reject) => {
    asked.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
  const heard = new Promise((resolve) => asked.on('continue', resolve))
  asked.flushHeaders()
  await heard
  return { status, end: () => asked.end(body) }
}

for (const [what, change] of Object.entries(changes))
  test(`${what} counts for a request whose body comes afterwards`, async () => {
    await using world = await manager()
    const { id, token } = await world.person('admin')
    const { status, end } = await begun(world, token)
    // By an answer to a later one: the one that was begun has been let in by now.
    await world.as(token).getMe()

    await change(world.as(await world.signIn()), id)
    end()
    assert.equal(await status, 401)
    assert.equal(await world.stores.users.find('back.door'), undefined)
  })

test('what comes late from somebody who may still do it is done', async () => {
  await using world = await manager()
  const { status, end } = await begun(world, (await world.person('admin')).token)
  end()
  assert.equal(await status, 201)
})
