import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { Agent, request } from 'undici'
import { Failure } from '@linux-patch/shared/failure'
import { freePort, until, world } from './main.test.kit.ts'
import { DAY_MS, host, manager } from './pki/authority.test.kit.ts'
import { fingerprint } from './pki/peer.ts'
import { dueLife, enrolledWorld, type EnrolledWorld } from './services/enrolled.test.kit.ts'
import type { Material } from './services/certificates.ts'
import { renewalState } from './services/renewal-state.ts'

const UNTIL = new Date(Date.now() + DAY_MS)
const serialOf = (pem: string) => new X509Certificate(pem).serialNumber
const inUse = ({ where }: EnrolledWorld) => serialOf(readFileSync(where.certificate, 'utf8'))

/** The agent of that host, running, and its manager's way to call it. */
async function serving(at: EnrolledWorld) {
  const port = await freePort()
  writeFileSync(at.where.config, `listen: { address: 127.0.0.1, port: ${port} }\n`)
  writeFileSync(at.where.whitelist, 'entries: [127.0.0.1]\n')
  const processes = world()
  const { said, child, ended } = processes.run('--root', at.where.root, 'serve')
  await until(() => /"listening"/.test(said.out))
  const caller = await at.authority.issue(manager)
  const dispatcher = new Agent({ connect: caller })
  return {
    said,
    child,
    ended,
    port,
    caller,
    async ask(method: 'GET' | 'POST', path: string) {
      const place = `https://127.0.0.1:${port}/api/v1${path}`
      const answer = await request(place, {
        method,
        dispatcher,
        headers: { 'content-type': 'application/json' },
        body: method === 'POST' ? '{}' : null,
      })
      return { status: answer.statusCode, body: (await answer.body.json()) as Answered }
    },
    /** What it shows to whoever comes now. */
    async shown() {
      const socket = connect({ port, host: '127.0.0.1', ...caller })
      await once(socket, 'secureConnect')
      const { serialNumber } = socket.getPeerCertificate()
      socket.destroy()
      return serialNumber
    },
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy()
      await processes[Symbol.asyncDispose]()
    },
  }
}
type Answered = { data: { crl: string; details: Record<string, string> } }

test('renew gets a certificate now, and says until when it holds', async () => {
  await using at = await enrolledWorld()
  await using processes = world()
  const { said, ended } = processes.run('--root', at.where.root, 'renew')
  assert.deepEqual([await ended, said.error], [0, ''])
  assert.match(said.out, /^Renewed: the certificate holds until /)
  assert.notEqual(inUse(at), serialOf(at.material.cert))
})

test('renew says that the host was retired, and ends with 5', async () => {
  await using at = await enrolledWorld()
  at.before = () => {
    throw new Failure('host_retired', 'web was retired here.')
  }
  await using processes = world()
  const { said, ended } = processes.run('--root', at.where.root, 'renew')
  assert.deepEqual([await ended, said.error], [5, 'web was retired here.\n'])
})

test('an agent renews a certificate that is due, and shows the new one', async () => {
  await using at = await enrolledWorld({ own: dueLife() })
  await using agent = await serving(at)
  await until(async () => (await agent.shown()) !== serialOf(at.material.cert))
  assert.equal(await agent.shown(), inUse(at))
  await until(() => readFileSync(at.where.audit, 'utf8').includes('"certificates_taken"'))
})

test('a renewal that was cut off is finished at the next start', async () => {
  await using at = await enrolledWorld()
  const renewed = await at.authority.issue(host)
  writeFileSync(at.where.key, renewed.key)
  await receive(at, renewed)
  await using agent = await serving(at)
  assert.equal(await agent.shown(), serialOf(renewed.cert))
})

test('a renewal that cannot be finished at the start leaves the agent with the pair that it has', async () => {
  await using at = await enrolledWorld()
  await receive(at, await at.authority.issue(host))
  mkdirSync(at.where.renewalLock)
  await using agent = await serving(at)
  assert.equal(await agent.shown(), serialOf(at.material.cert))
  assert.match(agent.said.out, /cannot be finished/)

  // It goes on by itself once that is mended.
  rmdirSync(at.where.renewalLock)
  assert.equal((await agent.ask('POST', '/system/config/reload')).status, 200)
  await until(async () => (await agent.shown()) !== serialOf(at.material.cert))
})

/** Has a renewal cut off right after the answer of the manager came. */
const receive = (
  { where, material }: EnrolledWorld,
  { cert, key }: Pick<Material, 'cert' | 'key'>,
) =>
  renewalState(where).keep({
    certificate: cert,
    key,
    replaces: fingerprint(new X509Certificate(material.cert)),
  })

test('an agent whose manager does not come to an end with its answer ends at once where it is told to', async () => {
  await using at = await enrolledWorld()
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  at.before = () => {
    ask()
    return new Promise(() => {})
  }
  await using agent = await serving(at)
  await asked
  const before = Date.now()
  agent.child.kill('SIGTERM')
  await agent.ended
  assert.ok(Date.now() - before < 5000)
})

test('a nudge has the list of revoked certificates fetched, and whoever is in it is let go within seconds', async () => {
  await using at = await enrolledWorld()
  at.lists = [at.authority.revocations(UNTIL)]
  await using agent = await serving(at)
  const crl = async () => (await agent.ask('GET', '/health')).body.data.crl
  await until(async () => (await crl()) === 'valid')

  const gone = await at.authority.issue(manager)
  const socket = connect({ port: agent.port, host: '127.0.0.1', ...gone })
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  at.lists = [at.authority.revocations(UNTIL, { number: 2, serials: [serialOf(gone.cert)] })]
  const before = Date.now()
  assert.equal((await agent.ask('POST', '/system/config/reload')).status, 200)
  await once(socket, 'close')
  assert.ok(Date.now() - before < 5000)
})

test('an agent whose host was retired says so, and asks no more', async () => {
  await using at = await enrolledWorld({ own: dueLife() })
  at.before = () => {
    throw new Failure('host_retired', 'web was retired here.')
  }
  await using agent = await serving(at)
  await until(() => agent.said.out.includes('has retired this host'))
  const { details } = (await agent.ask('GET', '/health')).body.data
  assert.match(details.certificates ?? '', /has retired this host/)
  assert.equal(at.requests.length, 1)
  await using processes = world()
  const status = processes.run('--root', at.where.root, 'status')
  await status.ended
  assert.match(status.said.out, /has retired this host/)
})
