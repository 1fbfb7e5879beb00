import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { readRevocationLists } from '@linux-patch/agent/pki/crl'
import { rootsIn } from '@linux-patch/agent/pki/roots'
import type { HeldRoot } from '@linux-patch/manager/services/certificates/roots'
import { WebSocket } from 'ws'
import type { Host } from '../lab/host.ts'
import { skipWithout } from '../needs.ts'
import { authorityOf, callerTo } from './caller.ts'
import { administratorAt, ended, join, openFleet, type Fleet } from './fleet.ts'
import { until } from './until.ts'

const skip = skipWithout('lab')
const CERTIFICATES = '/etc/linux_patch_api/certs'
const CRL = `${CERTIFICATES}/crl.pem`
const SECOND = 1000

type Pair = { cert: string; key: string }

const pairOf = async (host: Host): Promise<Pair> => ({
  cert: await host.read(`${CERTIFICATES}/server.pem`),
  key: await host.read(`${CERTIFICATES}/server.key.pem`),
})

/** As somebody would who moves files about. Connections that are open go on, so the agent is started again. */
async function give(host: Host, { cert, key }: Pair) {
  await host.write(`${CERTIFICATES}/server.key.pem`, key, 0o600)
  await host.write(`${CERTIFICATES}/server.pem`, cert)
  await host.sh('systemctl restart linux-patch-agent')
}

const pemOf = (der: Buffer) =>
  `-----BEGIN X509 CRL-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`

/** The certificate that a host uses, as the manager has it. */
async function certificateOf({ manager: { api }, ids }: Fleet<'web' | 'db'>, name: 'web' | 'db') {
  const { certificates = [] } = await api.listCertificates({ host_id: ids[name], status: 'active' })
  assert.equal(certificates.length, 1)
  return certificates[0]!
}

/** An operator's own way to an agent: a certificate, and a socket about the jobs that stays open. */
async function operatorAt({ manager: { api } }: Fleet<'web' | 'db'>, host: Host, name: string) {
  const issued = await api.issueOperatorCertificate({ name })
  const { id } = issued.certificate
  const own = { ca: issued.ca_pem, cert: issued.cert_pem, key: issued.private_key_pem ?? '' }
  const url = `wss://${host.address}:12443/api/v1/ws/jobs`
  // That the host is the right one is not the story here.
  const socket = new WebSocket(url, { ...own, rejectUnauthorized: false })
  await once(socket, 'open')
  socket.on('error', () => {})
  return { id, own, socket }
}

test('certificates of two hosts', { skip }, async (t) => {
  await using fleet = await openFleet(['web', 'db'], { packages: ['lab-sleep=1.0-1'] })
  const { manager, hosts, ids } = fleet
  const { api } = manager
  const healthOf = async (name: 'web' | 'db') => {
    await using caller = await callerTo(hosts[name], manager)
    return await caller.api.getHealth()
  }

  await t.test('one is renewed while a job runs, and the job goes on', async () => {
    const before = await certificateOf(fleet, 'web')
    await hosts.web.write('/etc/lab-sleep', '8\n')
    const { id } = await api.createJob({
      kind: 'update',
      host_ids: [ids.web],
      packages: [{ name: 'lab-sleep' }],
    })
    await until('the postinst sleeps', async () => {
      const { exitCode } = await hosts.web.exec(['pgrep', '-f', 'lab-sleep.postinst'])
      return exitCode === 0
    })
    assert.equal((await api.renewCertificate({ id: before.id })).told, true)
    await until('the host uses another certificate', async () => {
      const after = await certificateOf(fleet, 'web').catch(() => before)
      return after.serial !== before.serial
    })
    const { status } = await api.getJob({ id })
    assert.equal(status, 'running')
    assert.equal((await ended(manager, id)).status, 'completed')
    assert.equal(await administratorAt(hosts.web).says('lab-sleep'), 'ii 2.0-1')
    assert.equal((await api.refreshHost({ id: ids.web })).status, 'healthy')
    assert.equal((await api.getHost({ id: ids.web })).certificate_state, 'ok')
  })

  await t.test("a host's certificate opens no other host", async () => {
    const pair = await pairOf(hosts.web)
    const { manager: own } = await authorityOf(manager)
    const asWeb = await callerTo(hosts.db, manager, { ...own, ...pair })
    await assert.rejects(asWeb.api.getHealth())
    await asWeb[Symbol.asyncDispose]()
    assert.match(
      await hosts.db.read('/var/lib/linux_patch_api/audit.log'),
      /urn:lpm:host:.* may not call/,
    )
  })

  await t.test('a host that shows the certificate of another one is not spoken with', async () => {
    const [web, db] = [await pairOf(hosts.web), await pairOf(hosts.db)]
    await give(hosts.db, web)
    await until('the other certificate is shown', async () => {
      const failure = await api.refreshHost({ id: ids.db }).then(
        () => undefined,
        ({ message }: Error) => message,
      )
      return failure?.includes('not this host')
    })
    await give(hosts.db, db)
    await until('its own is shown again', () =>
      api.refreshHost({ id: ids.db }).then(
        () => true,
        () => false,
      ),
    )
  })

  await t.test(
    'an operator is revoked: its open socket ends within five seconds, and it is let in no more',
    async () => {
      const [ann, bob] = [
        await operatorAt(fleet, hosts.web, 'ann'),
        await operatorAt(fleet, hosts.web, 'bob'),
      ]
      const closed = once(ann.socket, 'close')
      const before = Date.now()
      await api.revokeCertificate({ id: ann.id, reason: 'keyCompromise' })
      await closed
      const took = Date.now() - before
      assert.ok(took < 5 * SECOND, `${took} ms`)
      await using asAnn = await callerTo(hosts.web, manager, ann.own)
      await assert.rejects(asAnn.api.getHealth())
      assert.equal(bob.socket.readyState, WebSocket.OPEN)
      bob.socket.terminate()
      assert.match(await hosts.web.read('/var/lib/linux_patch_api/audit.log'), /"reason":"revoked"/)
    },
  )

  await t.test(
    'without its manager an agent goes on, and says once its list has ended',
    async () => {
      const { authority } = await authorityOf(manager)
      const [list] = readRevocationLists(await hosts.web.read(CRL), rootsIn(authority.root_pem))
      const number = Number(list?.number) + 1
      const [{ signer }] = authority.signers() as [HeldRoot]
      await manager.kill('SIGTERM')
      const next_update = new Date(Date.now() - SECOND)
      const this_update = new Date(next_update.getTime() - 7 * 24 * 3600 * SECOND)
      const over = await signer.signList({ number, this_update, next_update, revoked: [] })
      await hosts.web.write(CRL, pemOf(over))
      await until('it is told', async () => (await healthOf('web')).crl === 'expired')
      const { status, checks, details } = await healthOf('web')
      assert.deepEqual([status, checks.crl], ['degraded', 'warn'])
      assert.match(details.crl ?? '', /held until/)
      assert.match(await hosts.web.sh('linux-patch-agent status'), /held until/)
      await manager.restart()
      const bob = await api.issueOperatorCertificate({ name: 'bob' })
      await api.revokeCertificate({ id: bob.certificate.id })
      await until('the next list is there', async () => (await healthOf('web')).crl === 'valid')
    },
  )

  await t.test(
    'a host that was retired is told so, asks no more, and is enrolled anew',
    async () => {
      const { db } = hosts
      await api.retireHost({ id: ids.db, reason: 'A story.' })
      await db.sh('systemctl restart linux-patch-agent')
      await until('it says so', async () =>
        (await db.sh('linux-patch-agent status')).includes('has retired this host'),
      )
      const { exitCode } = await db.exec(['linux-patch-agent', 'renew'])
      assert.equal(exitCode, 5)
      ids.db = await join(db, manager)
      assert.ok(!(await db.sh('linux-patch-agent status')).includes('has retired this host'))
    },
  )

  await t.test(
    'another root takes the place of the first, and no call fails in between',
    async () => {
      const names = ['web', 'db'] as const
      const failures: string[] = []
      let goesOn = true
      const calling = names.map(async (name) => {
        for (let calls = 0; ; calls += 1) {
          if (!goesOn) return calls
          await api
            .refreshHost({ id: ids[name] })
            .catch(({ message }: Error) => failures.push(message))
        }
      })
      try {
        await manager.command('ca', 'rollover')
        await until('both have moved', async () =>
          (await manager.command('ca', 'status')).includes('2 of 2 hosts'),
        )
        for (const name of names)
          assert.equal(rootsIn(await hosts[name].read(`${CERTIFICATES}/ca.pem`)).length, 2)
        await manager.command('ca', 'rollover', '--finish')
        await until('the manager signs by the next root', async () => {
          const { ca_fingerprint } = await api.getAuthority()
          return ca_fingerprint !== manager.ca_fingerprint
        })
        for (const name of names)
          assert.equal((await api.refreshHost({ id: ids[name] })).crl_state, 'valid')
      } finally {
        goesOn = false
      }
      for (const calls of await Promise.all(calling)) assert.ok(calls > 5, `${calls} calls`)
      assert.deepEqual(failures, [])
    },
  )
})
