import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { bundle } from '../../deploy/bundle.ts'
import { openLab } from '../lab/lab.ts'
import type { Host } from '../lab/host.ts'
import { skipWithout } from '../needs.ts'
import { confirmed, enrollCommand, findRequest, prepare } from './fleet.ts'
import { freePort, startManager, type Manager } from './manager.ts'
import { storyBase } from './story-base.ts'
import { until } from './until.ts'

const skip = skipWithout('lab')

/** A door that writes down what comes, and says nothing. */
async function recordingDoor(address: string) {
  const port = await freePort(address)
  const heard: Buffer[] = []
  const door = createServer((socket) => {
    socket.on('data', (data: Buffer) => heard.push(data)).on('error', () => {})
  }).listen(port, address)
  await once(door, 'listening')
  return { url: `https://${address}:${port}`, heard, [Symbol.dispose]: () => door.close() }
}

/** For all that waits for a decision. */
function aDayPasses({ folder }: Manager) {
  using database = new DatabaseSync(join(folder, 'manager.db'))
  const past = new Date(Date.now() - 1000).toISOString()
  database.prepare("update enrollment set expires_at = ? where status = 'pending'").run(past)
}

const exitOf = async (host: Host, command: string) =>
  (await host.exec(['/bin/sh', '-c', command])).exitCode

test('how hosts ask for a place, and what becomes of them', { skip }, async (t) => {
  const folder = await bundle()
  await using lab = await openLab({ hosts: ['web', 'db'], base: storyBase() })
  const config = { rate_limits: { enroll: 1000, enroll_status: 10_000 } }
  await using manager = await startManager({ address: lab.gateway, config })
  const { web, db } = lab.hosts
  const { api } = manager
  await Promise.all([prepare(web, folder, []), prepare(db, folder, [])])

  await t.test('to what does not speak TLS no request is sent', async () => {
    using door = await recordingDoor(lab.gateway)
    const command = enrollCommand({ ...manager, url: door.url })
    await exitOf(web, `timeout 3 ${command}`)
    const sent = Buffer.concat(door.heard)
    // A handshake record, and in it no word of the host.
    assert.equal(sent[0], 0x16)
    assert.doesNotMatch(sent.toString('latin1'), /POST|machine_id|enroll/)
  })

  await t.test('with a wrong pin it ends, and the manager has heard nothing of it', async () => {
    const ca_fingerprint = `sha256:${'0'.repeat(64)}`
    assert.equal(await exitOf(web, enrollCommand({ ...manager, ca_fingerprint })), 1)
    assert.equal((await api.listEnrollments()).total, 0)
  })

  await t.test('killed while it waits it goes on, and denied it ends with 3', async () => {
    assert.equal(await exitOf(web, `timeout --signal=KILL 8 ${enrollCommand(manager)}`), 137)
    const first = await until('web has asked', () => findRequest(web, manager))
    const again = exitOf(web, enrollCommand(manager))
    await until('it asks after its request', async () => {
      const { exitCode } = await web.exec(['pgrep', '-f', '[l]inux-patch-agent.*enroll'])
      return exitCode === 0
    })
    const [row] = (await api.listEnrollments()).enrollments
    assert.equal(row?.id, first.id)
    await api.denyEnrollment({ id: first.id, reason: 'Not ours.' })
    assert.equal(await again, 3)
  })

  await t.test('with a join code it is in at once', async () => {
    const { code } = await api.createJoinCode({ name: 'story', auto_approve: true })
    await web.write('/run/join-code', `${code}\n`, 0o600)
    const printed = await web.sh(`${enrollCommand(manager)} --join-code-file /run/join-code`)
    assert.match(printed, /The join code let this host in at once\.\nEnrolled as urn:lpm:host:/)
    await web.startAgent()
    const { hosts } = await api.listHosts()
    const id = hosts[0]?.id ?? ''
    await until('web was read', async () => (await api.getHost({ id })).status === 'healthy')
  })

  await t.test('one that nobody decides expires, and it ends with 4', async () => {
    const asking = exitOf(db, enrollCommand(manager))
    await until('db asks', () => findRequest(db, manager))
    aDayPasses(manager)
    assert.equal(await asking, 4)
    assert.equal((await api.listEnrollments()).total, 0)
  })

  await t.test('killed again and again, ever a little later, it comes in once', async () => {
    const { code } = await api.createJoinCode({ name: 'once', auto_approve: true, uses: 1 })
    await db.write('/run/join-code', `${code}\n`, 0o600)
    // Killed in its very last moment it is enrolled, and says so: to enrol anew would take another code.
    const command = `${enrollCommand(manager).replace(' --yes', '')} --join-code-file /run/join-code`
    const exits: number[] = []
    for (let seconds = 0.1; (exits.at(-1) ?? 137) === 137; seconds += 0.15) {
      assert.ok(seconds < 20, `it never ends by itself: ${exits.join()}`)
      exits.push(await exitOf(db, `timeout --signal=KILL ${seconds.toFixed(2)} ${command}`))
    }
    assert.ok(exits.length > 1)
    if (exits.at(-1) !== 0) assert.match(await db.sh(`${command} 2>&1 || true`), /enrolled already/)
    const { hosts } = await api.listHosts()
    const [own, ...others] = hosts.filter(({ ip_address }) => ip_address === db.address)
    assert.deepEqual(others, [])
    await db.startAgent()
    const id = own?.id ?? ''
    await until('db was read', async () => (await api.getHost({ id })).status === 'healthy')
    assert.equal((await api.listCertificates({ host_id: id, status: 'active' })).total, 1)
  })

  await t.test('a clone of it is shown as one, and is not taken for it', async () => {
    await db.write('/etc/machine-id', `${web.machine_id}\n`)
    const asking = exitOf(db, enrollCommand(manager))
    const request = await until('db asks', () => findRequest(db, manager))
    assert.match(request.warnings.join(), /machine id of web/)
    await assert.rejects(api.approveEnrollment(confirmed(request)), { code: 'conflict' })
    await api.denyEnrollment({ id: request.id })
    assert.equal(await asking, 3)
  })
})
