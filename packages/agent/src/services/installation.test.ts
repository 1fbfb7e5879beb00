import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { HOST, host, MANAGER, testAuthority } from '../pki/authority.test.kit.ts'
import { newHost } from './new-host.test.kit.ts'
import { testManager, type TestManager } from './manager.test.kit.ts'

type Asked = Parameters<TestManager['approve']>[0]

const elsewhere = await testAuthority('elsewhere')
const wrongBundles = {
  'for another key': async (manager: TestManager, asked: Asked) => {
    const { cert } = await manager.authority.issue(host)
    return { ...(await manager.approve(asked)), server_crt: cert }
  },
  'of another authority': async (manager: TestManager, asked: Asked) => ({
    ...(await manager.approve(asked)),
    server_crt: await elsewhere.signRequest(asked.csr_pem ?? '', host),
  }),
  'of another authority that comes along': async (manager: TestManager, asked: Asked) => ({
    ...(await manager.approve(asked)),
    ca_crt: elsewhere.ca,
    server_crt: await elsewhere.signRequest(asked.csr_pem ?? '', host),
  }),
  'that names another host': (manager: TestManager, asked: Asked) =>
    manager.approve(asked, { uris: [HOST.replace(/aa$/, 'bb')] }),
  'that names a manager': (manager: TestManager, asked: Asked) =>
    manager.approve(asked, { uris: [MANAGER] }),
  'that has expired': (manager: TestManager, asked: Asked) =>
    manager.approve(asked, { from: new Date(0), to: new Date(1) }),
  ...Object.fromEntries(
    ['0.0.0.0/0', '::/0', 'manager.example.org', '10.0.0.1/32', ''].map((address) => [
      `whose manager calls from '${address}'`,
      async (manager: TestManager, asked: Asked) => ({
        ...(await manager.approve(asked)),
        manager: { identity: MANAGER, addresses: ['10.9.8.7', address], agent_port: 8444 },
      }),
    ]),
  ),
  'that is none': async (manager: TestManager, asked: Asked) => ({
    ...(await manager.approve(asked)),
    server_crt: 'hello',
  }),
}
for (const [what, answer] of Object.entries(wrongBundles))
  test(`a certificate ${what} is not taken, and nothing is installed`, async () => {
    await using manager = await testManager()
    manager.decide = (asked) => answer(manager, asked)
    const newcomer = newHost(manager)
    await assert.rejects(newcomer.ask(), { code: 'invalid_request', message: /was not taken/ })
    assert.equal(existsSync(newcomer.where.certificates), false)
    assert.equal(existsSync(newcomer.where.whitelist), false)
    assert.equal(newcomer.isWaiting(), false)
  })
