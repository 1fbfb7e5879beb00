import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { request, Agent } from 'undici'
import { Failure } from '@linux-patch/shared/failure'
import { version } from './config.ts'
import { host, manager, testAuthority } from './pki/authority.test.kit.ts'
import { freePort, isOpen, until, world } from './main.test.kit.ts'
import { testManager } from './services/manager.test.kit.ts'

for (const command of ['serve', 'check-config'])
  test(`${command} ends with 1 and one line where a setting is wrong`, async () => {
    await using agent = world()
    writeFileSync(agent.where.config, 'jobs:\n  timeout_minutes: soon\n')
    const { ended, said } = agent.run(command)
    assert.equal(await ended, 1)
    assert.deepEqual([said.out, said.error.split('\n').length], ['', 2])
    assert.match(said.error, /config\.yaml: jobs\.timeout_minutes: .*expected number/)
  })

test('it says its version and its commands, and refuses others', async () => {
  await using agent = world()
  for (const flag of ['--version', '-V']) {
    const { ended, said } = agent.run(flag)
    assert.deepEqual([await ended, said.out, said.error], [0, `${version}\n`, ''])
  }
  const help = agent.run('--help')
  assert.equal(await help.ended, 0)
  assert.match(help.said.out, /^Usage: linux-patch-agent \[options\] \[command\]\n\nOffers the/)
  for (const command of ['serve', 'enroll', 'check-config', 'status', 'audit'])
    assert.match(help.said.out, new RegExp(`^  ${command} `, 'm'))
  const wrong = agent.run('server')
  assert.equal(await wrong.ended, 1)
  assert.match(wrong.said.error, /^error: unknown command 'server'\n/)
})

test('a root that is not there ends every command with 1 and one line', async () => {
  await using agent = world()
  for (const root of ['/proc/nope', agent.where.certificates.concat('/nope')]) {
    const { ended, said } = agent.run('--root', root, 'serve')
    assert.equal(await ended, 1)
    assert.match(said.error, /^error: option '--root <folder>' .*There is no such folder\.\n$/)
  }
})

test('check-config names a wrong entry of the whitelist', async () => {
  await using agent = world()
  writeFileSync(agent.where.whitelist, 'entries: [10.0.0.300]')
  const { ended, said } = agent.run('check-config')
  assert.equal(await ended, 1)
  assert.match(said.error, /whitelist\.yaml: entries\.0: /)
})

test('enroll wants a manager and a fingerprint, and refuses nonsense', async () => {
  await using agent = world()
  const pin = `sha256:${'0'.repeat(64)}`
  const runs = [
    agent.run('enroll', '--ca-fingerprint', pin),
    agent.run('enroll', '--manager', 'http://plain:8443', '--ca-fingerprint', pin),
    agent.run('enroll', '--manager', 'https://m:8443', '--ca-fingerprint', 'sha256:12'),
    agent.run('enroll', '--manager', 'https://m:8443', '--ca-fingerprint', pin, '--address', 'me'),
  ]
  for (const { ended } of runs) assert.equal(await ended, 1)
  assert.equal(existsSync(agent.where.enrollment), false)
})

test('serve listens to nobody until the host is enrolled, and then by itself', async () => {
  await using agent = world()
  const port = await freePort()
  writeFileSync(agent.where.config, `listen: { address: 127.0.0.1, port: ${port} }\n`)
  writeFileSync(agent.where.whitelist, 'entries: [127.0.0.1]\n')
  const { child, said, ended } = agent.run('serve')
  await until(() => /not enrolled/.test(said.out))
  assert.equal(await isOpen(port), false)

  const authority = await testAuthority()
  const { ca, cert, key } = await authority.issue(host)
  writeFileSync(agent.where.authority, ca)
  writeFileSync(agent.where.key, key)
  writeFileSync(agent.where.certificate, cert)
  await until(() => isOpen(port))

  const connection = new Agent({ connect: await authority.issue(manager) })
  const answer = await request(`https://127.0.0.1:${port}/api/v1/system/info`, {
    dispatcher: connection,
  })
  assert.equal(answer.statusCode, 200)
  assert.match(await answer.body.text(), /"machine_id"/)
  const health = await request(`https://127.0.0.1:${port}/health`, { dispatcher: connection })
  assert.equal(health.statusCode, 200)
  await connection.destroy()

  child.kill('SIGTERM')
  assert.equal(await ended, 0)
  assert.equal(said.error, '')
  assert.equal(said.out.match(/not enrolled/g)?.length, 1)
})

test('a port that is taken ends serve with 1 and says so', async () => {
  await using agent = world()
  const { ca, cert, key } = await (await testAuthority()).issue(host)
  writeFileSync(agent.where.authority, ca)
  writeFileSync(agent.where.key, key)
  writeFileSync(agent.where.certificate, cert)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  writeFileSync(agent.where.config, `listen: { address: 127.0.0.1, port: ${port} }\n`)
  const { ended, said } = agent.run('serve')
  assert.equal(await ended, 1)
  assert.match(said.error, /EADDRINUSE/)
  taken.close()
})

test('enroll can be killed while it waits, and goes on where it was', async () => {
  await using center = await testManager()
  await using agent = world()
  const pin = center.authority.fingerprint
  const ask = [
    'enroll',
    '--manager',
    center.url.origin,
    '--ca-fingerprint',
    pin,
    '--interval',
    '0.1',
  ]
  const first = agent.run(...ask)
  await until(() => center.polls.length > 1)
  first.child.kill('SIGKILL')
  await first.ended

  center.decide = (asked) => center.approve(asked)
  const second = agent.run(...ask)
  assert.equal(await second.ended, 0)
  assert.match(second.said.out, /^Key fingerprint: sha256:[0-9a-f]{64}\n/)
  assert.match(second.said.out, /Enrolled as urn:lpm:host:/)
  assert.equal(center.requests.length, 1)
  assert.match(readFileSync(agent.where.whitelist, 'utf8'), /10\.9\.8\.7/)
})

test('a join code comes from the command, the environment or a file, and is looked at first', async () => {
  await using center = await testManager({ decide: (asked) => center.approve(asked) })
  await using agent = world()
  const pin = center.authority.fingerprint
  const ask = ['enroll', '--yes', '--manager', center.url.origin, '--ca-fingerprint', pin]
  const code = (letter: string) => `lpmj_${letter.repeat(32)}`
  const file = `${agent.where.settings}/join-code`
  writeFileSync(file, `${code('c')}\n`)
  const ways: [env: Record<string, string>, ...args: string[]][] = [
    [{}, '--join-code', code('a')],
    [{ LPM_JOIN_CODE: code('b') }],
    [{}, '--join-code-file', file],
    [{ LPM_JOIN_CODE_FILE: file }],
  ]
  for (const [env, ...args] of ways)
    assert.equal(await agent.runWith(env, ...ask, ...args).ended, 0)
  const codes = center.requests.map(({ join_code }) => join_code)
  assert.deepEqual(codes, [code('a'), code('b'), code('c'), code('c')])

  writeFileSync(file, 'lpmj_short\n')
  for (const wrong of [
    ['--join-code', 'lpmj_short'],
    ['--join-code-file', file],
    ['--join-code-file', '/none'],
  ]) {
    const { ended, said } = agent.run(...ask, ...wrong)
    assert.equal(await ended, 1)
    assert.doesNotMatch(said.error, /\n.*\n/)
  }
  assert.equal(center.requests.length, 4)
})

for (const [code, exit] of [
  ['enrollment_denied', 3],
  ['enrollment_expired', 4],
] as const)
  test(`${code} ends enroll with ${exit} and the manager's own words`, async () => {
    await using center = await testManager()
    await using agent = world()
    center.decide = () => {
      throw new Failure(code, 'Not this one.')
    }
    const pin = center.authority.fingerprint
    const { origin } = center.url
    const { ended, said } = agent.run('enroll', '--manager', origin, '--ca-fingerprint', pin)
    assert.equal(await ended, exit)
    assert.equal(said.error, 'Not this one.\n')
  })
