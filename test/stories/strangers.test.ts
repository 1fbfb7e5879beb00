import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { authority, createRoot, type Authority } from '@linux-patch/manager/pki/authority'
import { newKeyPair } from '@linux-patch/manager/pki/key-pair'
import type { Host } from '../lab/host.ts'
import { skipWithout } from '../needs.ts'
import { authorityOf, callerTo, type Credentials } from './caller.ts'
import { openFleet } from './fleet.ts'
import { until } from './until.ts'

const skip = skipWithout('lab') || skipWithout('openssl')
const HOST_ID = '00000000-0000-7000-8000-000000000000'
const DAY = 24 * 3_600_000

type Profile = 'agent' | 'manager' | 'web'

/** A certificate of an authority, for whoever the story wants. */
async function certificate(of: Authority, profile: Profile): Promise<Credentials> {
  const { key_pem, publicKey } = newKeyPair()
  const identity = `urn:lpm:manager:${HOST_ID}`
  const names = { id: HOST_ID, identity, dns_names: ['stranger'], ip_addresses: ['10.0.0.1'] }
  const { cert_pem } = await of.issue(profile, names, publicKey)
  return { ca: of.root_pem, cert: cert_pem, key: key_pem }
}

/** What openssl gets to read from an agent when it sends a request with these credentials, or with none. */
async function bytesFor(host: Host, credentials: Credentials | null, options: string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'stranger-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(cert, credentials?.cert ?? '')
  await writeFile(key, credentials?.key ?? '', { mode: 0o600 })
  const own = credentials ? ['-cert', cert, '-key', key] : []
  const argv = [
    's_client',
    '-connect',
    `${host.address}:12443`,
    '-quiet',
    '-ign_eof',
    ...own,
    ...options,
  ]
  const asking = promisify(execFile)('openssl', argv, { timeout: 8000 })
  asking.child.stdin?.end('GET /api/v1/health HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n')
  const { stdout } = await asking.catch((error: { stdout: string }) => error)
  await rm(folder, { recursive: true })
  return stdout
}

/** How many bytes come back over plain TCP from an address of this machine. */
const plainBytes = (host: Host, localAddress: string) =>
  new Promise<number>((resolve) => {
    const socket = connect({ host: host.address, port: 12443, localAddress })
    socket.on('error', () => {})
    socket.on('connect', () => socket.write(Buffer.from('16030100050100000100', 'hex')))
    socket.on('close', () => resolve(socket.bytesRead))
    socket.resume()
  })

test('strangers get nothing of an agent', { skip }, async (t) => {
  await using fleet = await openFleet(['web'])
  const { web } = fleet.hosts
  const { authority: own, manager } = await authorityOf(fleet.manager)
  const { authority: past } = await authorityOf(fleet.manager, new Date(Date.now() - 400 * DAY))
  const foreign = await authority({ ...(await createRoot(new Date())), now: () => new Date() })

  await t.test('the manager itself is answered', async () => {
    assert.match(await bytesFor(web, manager), /^HTTP\/1.1 200 OK/)
  })
  const strangers: [string, Credentials | null, string[]][] = [
    ['no certificate', null, []],
    ['an expired certificate', await certificate(past, 'manager'), []],
    ['a certificate of another authority', await certificate(foreign, 'manager'), []],
    ["a host's own certificate", await certificate(own, 'agent'), []],
    ['a certificate for servers', await certificate(own, 'web'), []],
    ['TLS 1.2', manager, ['-tls1_2']],
  ]
  for (const [who, credentials, options] of strangers)
    await t.test(`${who} gets no HTTP byte`, async () => {
      assert.equal(await bytesFor(web, credentials, options), '')
    })

  await t.test('an address that is not in the whitelist gets no byte at all', async () => {
    assert.ok((await plainBytes(web, fleet.lab.gateway)) > 0, 'a TLS alert for one that is')
    await web.write('/etc/linux_patch_api/whitelist.yaml', 'entries: [10.99.99.99]\n')
    await until('the new whitelist holds', async () => {
      return (await plainBytes(web, fleet.lab.gateway)) === 0
    })
    assert.equal(await bytesFor(web, manager), '')
  })
})

test('an open connection ends when its address leaves the whitelist', { skip }, async () => {
  await using fleet = await openFleet(['web'])
  const { web } = fleet.hosts
  await using caller = await callerTo(web, fleet.manager)
  assert.equal((await caller.api.getHealth()).status, 'healthy')
  await web.write('/etc/linux_patch_api/whitelist.yaml', 'entries: []\n')
  await until('the connection is closed', () =>
    caller.api.getHealth().then(
      () => false,
      () => true,
    ),
  )
})
