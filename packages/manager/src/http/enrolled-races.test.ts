import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { engines, type TestEngine } from '../db/engines.test.kit.ts'
import { enrolledService } from '../services/enrollment/enrolled.ts'
import { gate, type Gate } from '../services/enrollment/enrollment.test.kit.ts'
import { enrolledHost, newKey, renewed, requestFor, type Credentials } from './enrolled.test.kit.ts'

async function gateOn({ place }: TestEngine) {
  const { url, remove } = await place()
  const world = await gate({ database: { url } })
  const close = world[Symbol.asyncDispose].bind(world)
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await close()
      await remove()
    },
  }
}

const serialOf = ({ cert }: Credentials) => new X509Certificate(cert).serialNumber

/** A renewal by a host that was let in a moment ago, by what was true then. */
async function renewal(world: Gate, credentials: Credentials) {
  const caller = await world.stores.hostCertificates.find(serialOf(credentials))
  assert.ok(caller)
  const csr_pem = await requestFor(newKey())
  const { signal } = new AbortController()
  const call = {
    peer: '127.0.0.1',
    request_id: 'r',
    idempotency_key: null,
    user_agent: '',
    cookies: {},
    headers: {},
  }
  return async () =>
    enrolledService(world).renewCertificate({ csr_pem }, { ...call, caller, signal })
}

const inForce = async ({ admin }: Gate, host_id: string) =>
  (await admin.listCertificates({ host_id, status: 'active' })).certificates ?? []

for (const engine of engines) {
  const { name, skip } = engine
  const over = { code: 'unauthorized', message: /no longer valid/ }

  test(
    `${name}: who is revoked after it was let in gets no other certificate`,
    { skip },
    async () => {
      await using world = await gateOn(engine)
      const { id, credentials } = await enrolledHost(world, 1)
      const renew = await renewal(world, credentials)
      const [certificate] = await inForce(world, id)
      await world.admin.revokeCertificate({ id: certificate!.id, reason: 'keyCompromise' })
      await assert.rejects(renew(), over)
      assert.deepEqual(await inForce(world, id), [])
    },
  )

  test(`${name}: nor does a host that was retired meanwhile`, { skip }, async () => {
    await using world = await gateOn(engine)
    const { id, credentials } = await enrolledHost(world, 1)
    const renew = await renewal(world, credentials)
    await world.stores.hosts.retire(id, 'Sold.', world.now().toISOString())
    await assert.rejects(renew(), over)
  })

  test(
    `${name}: of many renewals at once the last one counts, and ten are the most`,
    { skip },
    async () => {
      await using world = await gateOn(engine)
      const { id, credentials } = await enrolledHost(world, 1)
      const all = await Promise.allSettled(
        Array.from({ length: 20 }, () => renewed(world, credentials)),
      )
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 9)
      assert.equal((await inForce(world, id)).length, 2)
    },
  )

  test(`${name}: what is reissued while its host renews is all that stays`, { skip }, async () => {
    await using world = await gateOn(engine)
    const hosts = []
    for (const number of [1, 2, 3, 4]) hosts.push(await enrolledHost(world, number))
    await Promise.all(
      hosts.map(async ({ id, credentials }) => {
        const renewing = renewed(world, credentials).catch(() => {})
        await world.admin.reissueHostCertificate({ host_id: id, reason: 'keyCompromise' })
        await renewing
        assert.equal((await inForce(world, id)).length, 1)
      }),
    )
  })
}
