import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, type ConnectionOptions } from 'node:tls'
import { authority, createRoot, type Authority } from '../pki/authority.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import { gate, type Gate } from '../services/enrollment/enrollment.test.kit.ts'
import { manager } from '../start/manager.test.kit.ts'
import {
  enrolledHost,
  hostAt,
  newKey,
  renewed,
  requestFor,
  type Credentials,
} from './enrolled.test.kit.ts'

const DAY = 24 * 3_600_000

/** What comes back over TLS from the port, for whoever asks with these. */
async function bytesFor({ agents_port, authority }: Gate, options: ConnectionOptions) {
  const socket = connect({
    port: agents_port,
    host: '127.0.0.1',
    ca: authority.root_pem,
    ...options,
  })
  let text = ''
  socket.on('data', (data) => (text += data.toString()))
  socket.on('error', () => {})
  socket.on('secureConnect', () =>
    socket.write('GET /api/v1/agent/trust HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
  )
  await once(socket, 'close').catch(() => {})
  return text
}

async function certificateOf(
  { issue, root_pem }: Pick<Authority, 'issue' | 'root_pem'>,
  id: string,
) {
  const { key_pem, publicKey } = newKeyPair()
  const names = { id, dns_names: [], ip_addresses: ['192.0.2.1'] }
  const { cert_pem } = await issue('agent', names, publicKey)
  return { ca: root_pem, cert: cert_pem, key: key_pem }
}

test('an enrolled host is told whom it may believe', async () => {
  await using world = await gate()
  const { credentials, bundle } = await enrolledHost(world, 1)
  assert.equal(bundle.manager.agent_port, world.agents_port)
  const trust = await hostAt(world, credentials).getTrust()
  assert.deepEqual(trust, {
    roots: [world.authority.root_pem],
    revocation_lists: trust.revocation_lists,
    manager: { identity: world.identity().urn, addresses: ['127.0.0.1'] },
    renew: false,
  })
})

test('the manager shows its hosts a certificate of its own authority that names it', async () => {
  await using world = await gate()
  const { credentials } = await enrolledHost(world, 1)
  const socket = connect({ port: world.agents_port, host: '127.0.0.1', ...credentials })
  await once(socket, 'secureConnect')
  const { subjectaltname = '' } = socket.getPeerCertificate()
  assert.ok(subjectaltname.split(', ').includes(`URI:${world.identity().urn}`), subjectaltname)
  socket.destroy()
})

test('strangers get not a byte of HTTP', async (t) => {
  await using world = await gate()
  const { credentials: host, id } = await enrolledHost(world, 1)
  const foreign = await authority({ ...(await createRoot(new Date())), now: world.now })
  const { certificate: cert, private_key: key } = world.identity()
  const strangers: Record<string, ConnectionOptions> = {
    'no certificate': {},
    'a certificate of another authority': { ...(await certificateOf(foreign, id)), ca: host.ca },
    'a certificate that is not on record': await certificateOf(world.authority, id),
    "the manager's own certificate": { cert, key },
    'TLS 1.2': { ...host, maxVersion: 'TLSv1.2' },
  }
  for (const [who, options] of Object.entries(strangers))
    await t.test(who, async () => assert.equal(await bytesFor(world, options), ''))
  assert.match(await bytesFor(world, host), /^HTTP\/1\.1 200 OK/)
  world.pass(91 * DAY)
  await t.test('a certificate that has expired', async () =>
    assert.equal(await bytesFor(world, host), ''),
  )
})

test('a host renews its certificate: the same names, another key, recorded', async () => {
  await using world = await gate()
  const { credentials, id } = await enrolledHost(world, 1)
  const next = await renewed(world, credentials)
  const [before, after] = [new X509Certificate(credentials.cert), new X509Certificate(next.cert)]
  assert.equal(after.subjectAltName, before.subjectAltName)
  assert.equal(after.subject, before.subject)
  assert.ok(!after.publicKey.equals(before.publicKey))
  const entry = (await world.audit()).find(({ action }) => action === 'certificate_renew')
  assert.deepEqual([entry?.actor_type, entry?.actor_id, entry?.target_id], ['host', id, id])
  assert.equal(entry?.details.serial, after.serialNumber.toLowerCase())
})

test('the old certificate holds until the new one is first used', async () => {
  await using world = await gate()
  const { credentials, id } = await enrolledHost(world, 1)
  const until = async () => (await world.admin.getHost({ id })).certificate_not_after
  const first = await until()
  world.pass(60_000)
  const next = await renewed(world, credentials)
  await hostAt(world, credentials).getTrust()
  assert.equal((await world.admin.getHost({ id })).certificate_not_after, first)

  await hostAt(world, next).getTrust()
  assert.equal(await bytesFor(world, credentials), '')
  const { certificate_not_after, key_fingerprint } = await world.admin.getHost({ id })
  const used = await world.stores.hostCertificates.find(new X509Certificate(next.cert).serialNumber)
  assert.deepEqual([certificate_not_after, key_fingerprint], [used?.not_after, used?.spki_hash])
})

test('an open connection ends once its certificate is replaced', async () => {
  await using world = await gate()
  const { credentials } = await enrolledHost(world, 1)
  const socket = connect({ port: world.agents_port, host: '127.0.0.1', ...credentials })
  await once(socket, 'secureConnect')
  await hostAt(world, await renewed(world, credentials)).getTrust()
  let text = ''
  socket.on('data', (data) => (text += data.toString()))
  socket.write('GET /api/v1/agent/trust HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'close')
  assert.equal(text, '')
})

test('an answer that was lost is given again, and of two that were only the last one counts', async () => {
  await using world = await gate()
  const { credentials } = await enrolledHost(world, 1)
  const host = hostAt(world, credentials)
  const csr_pem = await requestFor(newKey())
  const [one, again] = [
    await host.renewCertificate({ csr_pem }),
    await host.renewCertificate({ csr_pem }),
  ]
  assert.equal(one.server_crt, again.server_crt)

  const [lost, last] = [await renewed(world, credentials), await renewed(world, credentials)]
  assert.equal(await bytesFor(world, lost), '')
  await hostAt(world, last).getTrust()
})

test('what a host has renewed by itself, and may hold, nobody replaces by hand', async () => {
  await using world = await gate()
  const { credentials, id: host_id } = await enrolledHost(world, 1)
  const { certificates = [] } = await world.admin.listCertificates({ host_id })
  const next = await renewed(world, credentials)
  const asked = { id: certificates[0]?.id ?? '', csr_pem: await requestFor(newKey()) }
  await assert.rejects(world.admin.renewCertificate(asked), {
    code: 'conflict',
    message: /renewed it by itself/,
  })
  await hostAt(world, next).getTrust()
})

test('a key that was in a certificate before is refused', async () => {
  await using world = await gate()
  const [one, two] = [await enrolledHost(world, 1), await enrolledHost(world, 2)]
  const host = hostAt(world, one.credentials)
  const refuses = async ({ key }: Credentials) =>
    assert.rejects(host.renewCertificate({ csr_pem: await requestFor(key) }), { code: 'conflict' })
  await refuses(one.credentials)
  await refuses(two.credentials)
})

test('a request that is none is refused', async () => {
  await using world = await gate()
  const { credentials } = await enrolledHost(world, 1)
  const host = hostAt(world, credentials)
  const csr_pem = (await requestFor(newKey())).replace(/[A-Z](?=[a-z])/, 'a')
  await assert.rejects(host.renewCertificate({ csr_pem }), { code: 'invalid_request' })
})

test('a host gets ten certificates an hour at most', async () => {
  await using world = await gate()
  const { credentials } = await enrolledHost(world, 1)
  const renewals = Array.from({ length: 9 }, () => renewed(world, credentials))
  await Promise.all(renewals)
  await assert.rejects(renewed(world, credentials), { code: 'rate_limited' })
  world.pass(3_600_000)
  await renewed(world, credentials)
})

test('a retired host is told so, whatever it asks', async () => {
  await using world = await gate()
  const { credentials, id } = await enrolledHost(world, 1)
  await world.stores.hosts.retire(id, 'Sold.', world.now().toISOString())
  await assert.rejects(hostAt(world, credentials).getTrust(), { code: 'host_retired' })
  await assert.rejects(renewed(world, credentials), { code: 'host_retired' })
  assert.match(await bytesFor(world, credentials), /^HTTP\/1\.1 410 Gone/)
})

test("a host's certificate opens nothing of another host, here or where people come", async () => {
  await using world = await gate()
  const [one, two] = [await enrolledHost(world, 1), await enrolledHost(world, 2)]
  const next = await renewed(world, one.credentials)
  const { subjectAltName = '' } = new X509Certificate(next.cert)
  assert.ok(subjectAltName.includes(one.id) && !subjectAltName.includes(two.id))

  const ask = async (path: string) => {
    const socket = connect({ port: world.port, host: '127.0.0.1', ...one.credentials })
    let text = ''
    socket.on('data', (data) => (text += data.toString()))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    await once(socket, 'close')
    return text
  }
  for (const path of ['/api/v1/hosts', `/api/v1/hosts/${two.id}`, `/api/v1/hosts/${one.id}`])
    assert.match(await ask(path), /^HTTP\/1\.1 401 /)
})

test('an idle connection of a host that is revoked is ended within seconds', async () => {
  await using world = await gate()
  const [gone, stays] = [await enrolledHost(world, 1), await enrolledHost(world, 2)]
  const open = async ({ credentials }: typeof gone) => {
    const socket = connect({ port: world.agents_port, host: '127.0.0.1', ...credentials })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    return socket
  }
  const [one, two] = [await open(gone), await open(stays)]
  one.resume()
  const row = await world.stores.hostCertificates.find(
    new X509Certificate(gone.credentials.cert).serialNumber,
  )
  const revoking = { reason: 'keyCompromise' as const, by: null, at: world.now().toISOString() }
  await world.stores.certificates.revoke([row?.id ?? ''], revoking)
  await once(one, 'close')
  assert.equal(two.destroyed, false)
  two.destroy()
})

test('a certificate of the operator’s own for people changes nothing for hosts', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-own-'))
  const own = await authority({ ...(await createRoot(new Date())), now: () => new Date() })
  const { key_pem, publicKey } = newKeyPair()
  const names = { identity: 'urn:lpm:manager:own', dns_names: ['localhost'], ip_addresses: [] }
  const { cert_pem } = await own.issue('web', names, publicKey)
  const tls = { certificate_file: join(folder.path, 'cert'), key_file: join(folder.path, 'key') }
  writeFileSync(tls.certificate_file, cert_pem)
  writeFileSync(tls.key_file, key_pem)
  await using world = await manager({ settings: { tls } })
  const socket = connect({
    port: world.agents_port,
    host: '127.0.0.1',
    ca: world.authority.root_pem,
  })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  const { subjectaltname = '' } = socket.getPeerCertificate()
  assert.ok(subjectaltname.includes(`URI:${world.identity().urn}`))
  socket.destroy()
})
