import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '@linux-patch/shared/failure'
import { DAY_MS, host, testAuthority, type Leaf } from '../pki/authority.test.kit.ts'
import { newFolder } from '../files/folder.test.kit.ts'
import type { Own } from './certificates.ts'
import { dueLife } from './enrolled.test.kit.ts'
import { upkeep } from './upkeep.ts'
import { upkeepState } from './upkeep-state.ts'
import { dueAt, nextIn, pause } from './upkeep-times.ts'

const authority = await testAuthority()
const issue = async (leaf: Leaf = {}): Promise<Own> => {
  const material = await authority.issue({ ...host, ...leaf })
  return { ...material, certificate: new X509Certificate(material.cert) }
}

/** An agent's upkeep whose manager answers as the test says. */
async function world(leaf: Leaf = {}) {
  const file = `${newFolder()}/upkeep.json`
  const current = { own: (await issue(leaf)) as Own | null, now: new Date(), wanted: false }
  const did = { pulls: 0, renewals: 0, notes: [] as string[], warned: [] as unknown[] }
  const answer = {
    pull: async (_signal: AbortSignal) => {},
    renew: async () => void (current.own = await issue()),
  }
  const state = upkeepState(file)
  const keeping = upkeep({
    own: () => current.own,
    async pull(_own, signal) {
      did.pulls += 1
      await answer.pull(signal)
      return { renew: current.wanted }
    },
    async renew() {
      did.renewals += 1
      await answer.renew()
    },
    apply: async () => keeping.changed(),
    state,
    log: { info() {}, error() {}, warn: (fields) => void did.warned.push(fields) },
    now: () => current.now,
  })
  const until = async (isSo: () => boolean) => {
    for (let left = 100; !isSo(); left -= 1) {
      assert.ok(left > 0, 'it did not happen within two seconds')
      await wait(20)
    }
  }
  return {
    current,
    did,
    answer,
    keeping,
    state,
    file,
    until,
    start: () => keeping.start((event) => void did.notes.push(event)),
    [Symbol.asyncDispose]: keeping.stop,
  }
}

test('the manager is asked at the start, and at every nudge', async () => {
  await using agent = await world()
  agent.keeping.nudge()
  assert.equal(agent.did.pulls, 0, 'not before the start')
  agent.start()
  await agent.until(() => agent.state.value().answered_at !== null)
  agent.keeping.nudge()
  await agent.until(() => agent.did.pulls === 2)
  assert.equal(agent.did.renewals, 0)
})

test('nudged while it asks, it asks once more and not more often', async () => {
  await using agent = await world()
  const { promise, resolve } = Promise.withResolvers<void>()
  agent.answer.pull = () => promise
  agent.start()
  for (let nudges = 0; nudges < 5; nudges += 1) agent.keeping.nudge()
  resolve()
  await wait(100)
  assert.equal(agent.did.pulls, 2)
})

test('a certificate that is due is renewed, and the new one is used at once', async () => {
  await using agent = await world(dueLife())
  agent.start()
  await agent.until(() => agent.did.pulls === 2)
  await wait(50)
  assert.deepEqual([agent.did.renewals, agent.did.pulls], [1, 2])
})

test('a certificate that is not due is renewed where somebody wants it', async () => {
  await using agent = await world()
  agent.current.wanted = true
  agent.answer.renew = async () => {
    agent.current.wanted = false
    agent.current.own = await issue()
  }
  agent.start()
  await agent.until(() => agent.did.renewals === 1)
})

test('a renewed certificate that is due as well, or a wish that stays, is not renewed again and again', async () => {
  await using agent = await world(dueLife())
  agent.current.wanted = true
  agent.answer.renew = async () => void (agent.current.own = await issue(dueLife()))
  agent.start()
  await agent.until(() => agent.did.pulls === 2)
  await wait(200)
  assert.deepEqual([agent.did.renewals, agent.did.pulls], [1, 2])
})

test('whoever stops it does not wait for the manager', async () => {
  await using agent = await world()
  agent.answer.pull = (signal) =>
    new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('Given up.'))))
  agent.start()
  await agent.keeping.stop()
  assert.deepEqual([agent.did.warned, agent.state.value().failure], [[], null])
})

test('a manager that does not answer is told of once, kept for others to read, and forgotten when it does', async () => {
  await using agent = await world()
  agent.answer.pull = async () => {
    throw new Failure('unavailable', 'The manager cannot be reached.')
  }
  agent.start()
  await agent.until(() => agent.did.warned.length > 0)
  agent.keeping.nudge()
  await agent.until(() => agent.did.pulls === 2)
  await wait(50)
  assert.deepEqual(agent.did.notes, ['upkeep_failed'])
  assert.equal(upkeepState(agent.file).value().failure, 'The manager cannot be reached.')

  agent.answer.pull = async () => {}
  agent.keeping.nudge()
  await agent.until(() => agent.state.value().failure === null)
  await wait(50)
  assert.equal(upkeepState(agent.file).value().failure, null)
})

test('a host that was let go asks no more, until it has another certificate', async () => {
  await using agent = await world()
  agent.answer.pull = async () => {
    throw new Failure('host_retired', 'Retired.')
  }
  agent.start()
  await agent.until(() => agent.state.value().is_retired)
  assert.deepEqual(agent.did.notes, ['host_retired'])
  await agent.until(() => upkeepState(agent.file).value().is_retired)
  agent.keeping.changed()
  await wait(50)
  assert.equal(agent.did.pulls, 1, 'the same certificate is no news')

  agent.answer.pull = async () => {}
  agent.current.own = await issue()
  agent.keeping.changed()
  await agent.until(() => !agent.state.value().is_retired)
})

test('a certificate that ends soon is put on record once', async () => {
  await using agent = await world(dueLife())
  agent.answer.pull = async () => {
    throw new Failure('unavailable', 'Away.')
  }
  agent.start()
  await agent.until(() => agent.did.pulls === 1)
  agent.keeping.nudge()
  await agent.until(() => agent.did.pulls === 2)
  await wait(50)
  assert.deepEqual(agent.did.notes, ['upkeep_failed', 'certificate_expiring'])
})

test('a host that is not enrolled asks nobody', async () => {
  await using agent = await world()
  agent.current.own = null
  agent.start()
  await wait(50)
  assert.equal(agent.did.pulls, 0)
  agent.current.own = await issue()
  agent.keeping.changed()
  await agent.until(() => agent.did.pulls === 1)
})

test('certificates of 90 days are due between days 55 and 60, each at a time of its own', async () => {
  const from = new Date('2026-01-01T00:00:00Z')
  const life = { from, to: new Date(from.getTime() + 90 * DAY_MS) }
  const days = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { certificate } = await issue(life)
      return (dueAt(certificate).getTime() - from.getTime()) / DAY_MS
    }),
  )
  assert.ok(
    days.every((day) => day >= 55.5 && day <= 60),
    days.join(),
  )
  assert.equal(new Set(days).size, 20)
})

test('the next question comes when the certificate will be due, and is not hurried where it is', () => {
  assert.deepEqual(
    [nextIn(0, 5000), nextIn(1, 5000) > 5000, nextIn(0, -1) > 5000],
    [5000, true, true],
  )
})

test('it is tried again soon after a failure, then less and less often, and never quite on the hour', () => {
  const minutes = (failures: number, random: number) => pause(failures, () => random) / 60_000
  assert.deepEqual(
    [0, 1, 2, 3, 6, 7, 50].map((failures) => minutes(failures, 0.5)),
    [60, 1, 2, 4, 32, 60, 60],
  )
  assert.deepEqual([minutes(0, 0), minutes(0, 1)], [45, 75])
})
