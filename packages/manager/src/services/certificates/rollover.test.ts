import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { X509Certificate } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import { scriptedAgent } from '../../agents/agent.test.kit.ts'
import { enrolledHost, hostAt, renewed, type Credentials } from '../../http/enrolled.test.kit.ts'
import { until } from '../../orchestration/fleet.test.kit.ts'
import { openKeys } from '../../pki/keys.ts'
import { gate, type Gate } from '../enrollment/enrollment.test.kit.ts'
import { rollover } from './rollover.ts'

/** A manager, two hosts, and what the command line would do to its authority. */
async function world() {
  const gated = await gate()
  const hosts = [await enrolledHost(gated, 1), await enrolledHost(gated, 2)] as const
  const keys = await openKeys({ path: gated.config.master_key_file, secrets_exist: true })
  const rolling = rollover(gated)
  return {
    ...gated,
    hosts,
    first: gated.authority.fingerprint,
    rolling,
    /** Until every manager has heard of the next root, and it signs. */
    async begin() {
      const next = await rolling.begin(keys)
      await until(() => (gated.authority.roots().length === 2 ? true : undefined))
      gated.pass(11_000)
      return next
    },
  }
}

const isIssuedBy = (cert: string, { ca }: Pick<Credentials, 'ca'>) => {
  const roots = ca.match(/-----BEGIN [^]+?-----END CERTIFICATE-----/g) ?? []
  return roots.map((root) => new X509Certificate(cert).verify(new X509Certificate(root).publicKey))
}

/** Asks again and again; throws what went wrong with any of the calls. */
function asking(gated: Gate, credentials: () => Credentials) {
  let over = false
  let count = 0
  const loop = (async () => {
    while (!over) {
      await hostAt(gated, credentials()).getTrust()
      count++
      await wait(20)
    }
  })()
  return async () => {
    over = true
    await loop
    return count
  }
}

test('another root takes the place of the first while hosts move, and no call fails', async () => {
  await using gated = await world()
  const [one, two] = gated.hosts
  let current: Credentials = one.credentials
  const stop = asking(gated, () => current)
  assert.equal((await gated.rolling.status()).progress, null)
  const next = await gated.begin()

  const trust = await hostAt(gated, two.credentials).getTrust()
  assert.deepEqual([trust.renew, trust.roots.length, trust.revocation_lists.length], [true, 2, 2])
  current = await renewed(gated, one.credentials)
  assert.deepEqual(isIssuedBy(current.cert, current), [false, true])
  assert.equal((await hostAt(gated, current).getTrust()).renew, false)
  const { progress } = await gated.admin.getRollover()
  assert.deepEqual(
    [progress?.moved, progress?.total, progress?.waiting.map(({ name }) => name)],
    [1, 2, ['web-2.example']],
  )
  await assert.rejects(gated.rolling.finish({ force: false }), {
    code: 'conflict',
    message: /^1 of 2 hosts .* web-2\.example\.$/,
  })

  const moved = await renewed(gated, two.credentials)
  await hostAt(gated, moved).getTrust()
  await gated.rolling.finish({ force: false })
  await until(() => (gated.authority.fingerprint === next ? true : undefined))
  const shown = () => new X509Certificate(gated.identity().certificate)
  const root = new X509Certificate(gated.authority.root_pem).publicKey
  await until(() => (shown().verify(root) ? true : undefined))
  assert.ok((await stop()) > 10)

  const audit = (await gated.audit()).map(({ action }) => action)
  for (const action of ['ca_rollover_begin', 'ca_rollover_finish'])
    assert.ok(audit.includes(action), action)
})

test('until it is finished, the manager shows what every host trusts already', async () => {
  await using gated = await world()
  const [one] = gated.hosts
  await using agent = await scriptedAgent({ authority: gated.authority, host_id: one.id })
  const address = { host_id: one.id, ip_address: '127.0.0.1', agent_port: agent.port }
  await gated.begin()
  await gated.agents.at(address).getHealth()
  // The agent knows the first root alone; the manager takes a certificate of either.
  await using moved = await scriptedAgent({ authority: gated.authority, host_id: one.id })
  await gated.agents.at({ ...address, agent_port: moved.port }).getHealth()
  const page = connect({ port: gated.port, host: '127.0.0.1', ca: one.bundle.ca_crt })
  await once(page, 'secureConnect')
  page.destroy()
})

test('a host that enrols meanwhile gets both roots, and a certificate of the one that it was given', async () => {
  await using gated = await world()
  await gated.begin()
  const { bundle } = await enrolledHost(gated, 3)
  assert.deepEqual(isIssuedBy(bundle.server_crt, { ca: bundle.ca_crt }), [true, false])
})

test('hosts that have not moved are left behind only by force, and not without ten minutes more', async () => {
  await using gated = await world()
  const [one] = gated.hosts
  const next = await gated.begin()
  await gated.rolling.finish({ force: true })
  await until(() => (gated.authority.fingerprint === next ? true : undefined))
  const both = { ...one.credentials, ca: gated.authority.roots().join('\n') }
  assert.equal((await hostAt(gated, both).getTrust()).renew, true)
  gated.pass(11 * 60_000)
  await until(() => (gated.authority.roots().length === 1 ? true : undefined))
  await until(() =>
    hostAt(gated, both)
      .getTrust()
      .then(
        () => undefined,
        () => true,
      ),
  )
})

test('there is one rollover at a time, and nothing to finish where none was begun', async () => {
  await using gated = await world()
  await assert.rejects(gated.rolling.finish({ force: true }), { code: 'conflict' })
  await gated.begin()
  await assert.rejects(gated.begin(), {
    code: 'conflict',
    message: 'There is a next root already.',
  })
})
