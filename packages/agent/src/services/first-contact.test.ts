import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createPlainServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createServer, type TLSSocket } from 'node:tls'
import { Failure } from '@linux-patch/shared/failure'
import { DAY_MS, host, testAuthority } from '../pki/authority.test.kit.ts'
import { newHost } from './new-host.test.kit.ts'
import { testManager } from './manager.test.kit.ts'

test('with the wrong fingerprint not a byte of HTTP is sent', async () => {
  const authority = await testAuthority()
  const { cert, key, ca } = await authority.issue(host)
  let bytes = 0
  const server = createServer({ cert: cert + ca, key }, (socket: TLSSocket) => {
    socket.on('data', (data) => (bytes += data.length)).on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)

  const pin = `sha256:${'0'.repeat(64)}`
  const newcomer = newHost({ url, authority })
  await assert.rejects(newcomer.ask({ ca_fingerprint: pin }), {
    code: 'invalid_request',
    message: /showed no root certificate with the fingerprint sha256:0{64}.*Nothing was sent/,
  })
  assert.equal(bytes, 0)
  assert.equal(newcomer.isWaiting(), false)
  server.close()
})

test('a right root with a certificate for another name is refused', async () => {
  await using manager = await testManager({ leaf: { dns: ['other'], uses: ['serverAuth'] } })
  await assert.rejects(newHost(manager).ask(), {
    code: 'invalid_request',
    message: /does not hold/,
  })
  assert.deepEqual(manager.requests, [])
})

test('a root that is only shown, and did not sign, is refused', async () => {
  const [shown, real] = [await testAuthority(), await testAuthority()]
  const { cert, key } = await real.issue(host)
  const server = createServer({ cert: cert + shown.ca, key })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await assert.rejects(newHost({ url, authority: shown }).ask(), { code: 'invalid_request' })
  server.close()
})

test('a certificate of the manager that has expired is refused', async () => {
  const [from, to] = [new Date(Date.now() - 9 * DAY_MS), new Date(Date.now() - DAY_MS)]
  await using manager = await testManager({ leaf: { ...host, from, to } })
  await assert.rejects(newHost(manager).ask(), { code: 'invalid_request', message: /expired/ })
})

test('a manager that is not there is said in one line, and the key stays', async () => {
  await using manager = await testManager()
  const url = new URL('https://127.0.0.1:1')
  const newcomer = newHost({ url, authority: manager.authority })
  await assert.rejects(newcomer.ask(), {
    code: 'unavailable',
    message: '127.0.0.1:1 cannot be reached: ECONNREFUSED.',
  })
  const key = newcomer.key()
  await assert.rejects(newcomer.ask())
  assert.equal(newcomer.key(), key)
})

test('what is no TLS is not waited for', async () => {
  const server = createPlainServer((socket) => socket.end('220 mail\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await assert.rejects(newHost({ url, authority: await testAuthority() }).ask(), Failure)
  server.close()
})
