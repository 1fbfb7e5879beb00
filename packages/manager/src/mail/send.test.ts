import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { before, test } from 'node:test'
import type { MailProblem as Code } from '@linux-patch/shared/settings/tests'
import { MailProblem } from './problem.ts'
import { sendMail, type MailServer } from './send.ts'
import { mailServer, PASSWORD, stranger, trustedPair, USERNAME } from './server.test.kit.ts'

let pair: { key: string; cert: string }
before(async () => {
  pair = await trustedPair('localhost')
})

const mail = { to: 'ops@example.org', subject: 'Prüfung', text: 'Hello.\n.\nBye.\n' }
const patience = { answer_ms: 1000, all_ms: 3000 }
const at = (port: number, more: Partial<MailServer> = {}): MailServer => ({
  host: 'localhost',
  port,
  security: 'starttls',
  username: USERNAME,
  password: PASSWORD,
  from: 'patches@example.org',
  ...more,
})

async function problemAt(port: number, more: Partial<MailServer> = {}): Promise<MailProblem> {
  const error = await sendMail(at(port, more), mail, patience).then(
    () => assert.fail('It was sent.'),
    (error: unknown) => error,
  )
  assert.ok(error instanceof MailProblem, String(error))
  assert.ok(!JSON.stringify([error.message, error.said]).includes(PASSWORD))
  return error
}

test('a message goes out over STARTTLS, with a password', async () => {
  await using server = await mailServer(pair)
  const { message_id, said } = await sendMail(at(server.port), mail, patience)
  assert.equal(said, '250 taken as number 7')
  assert.deepEqual(server.signIns, [{ username: USERNAME, secure: true }])
  const [message] = server.messages
  assert.deepEqual([message?.from, message?.to], ['patches@example.org', ['ops@example.org']])
  assert.ok(message?.text.includes(`Message-ID: ${message_id}`))
  assert.match(message?.text ?? '', /^From: Linux Patch Manager <patches@example\.org>\r$/m)
})

test('a message goes out over TLS from the first byte, without one', async () => {
  await using server = await mailServer({ ...pair, secure: true, authOptional: true })
  await sendMail(at(server.port, { security: 'tls', username: null }), mail, patience)
  assert.deepEqual([server.messages.length, server.signIns], [1, []])
})

test('without TLS nothing is asked for', async () => {
  await using server = await mailServer({ authOptional: true })
  await sendMail(at(server.port, { security: 'none', username: null }), mail, patience)
  assert.equal(server.messages.length, 1)
})

test('a refused password is told from all else', async () => {
  await using server = await mailServer(pair)
  const { code, said } = await problemAt(server.port, { password: 'wrong' })
  assert.deepEqual([code, said], ['login_refused', '535 That is not the password.'])
})

test('a server that wants a password where none is set refuses the sender', async () => {
  await using server = await mailServer(pair)
  const { code } = await problemAt(server.port, { username: null })
  assert.equal(code, 'sender_refused')
})

for (const security of ['starttls', 'tls'] as const) {
  const secure = security === 'tls'

  test(`${security}: a certificate that nobody vouches for is not believed, and no password sent`, async () => {
    await using server = await mailServer({ secure }) // It brings one that it has signed itself.
    const { code, message } = await problemAt(server.port, { security })
    assert.equal(code, 'tls_failed')
    assert.match(message, /certificate/)
    assert.deepEqual(server.signIns, [])
  })

  test(`${security}: a certificate for another name is not believed, and no password sent`, async () => {
    await using server = await mailServer({ ...pair, secure })
    const { code, message } = await problemAt(server.port, { security, host: '127.0.0.1' })
    assert.equal(code, 'tls_failed')
    assert.match(message, /altnames/)
    assert.deepEqual(server.signIns, [])
  })

  test(`${security}: a server without TLS is told no password`, async () => {
    await using server = await mailServer({ hideSTARTTLS: true, allowInsecureAuth: true })
    assert.equal((await problemAt(server.port, { security })).code, 'tls_failed')
    assert.deepEqual(server.signIns, [])
  })
}

const refused = (responseCode: number, message: string) =>
  Object.assign(new Error(message), { responseCode })

test('a refused sender, recipient or message is each told as such', async () => {
  await using sender = await mailServer({
    ...pair,
    onMailFrom: (_address, _session, callback) => callback(refused(550, 'Not here.')),
  })
  await using recipient = await mailServer({
    ...pair,
    onRcptTo: (_address, _session, callback) => callback(refused(450, 'Not now.')),
  })
  await using message = await mailServer({
    ...pair,
    onData: (stream, _session, callback) =>
      void stream.resume().on('end', () => callback(refused(554, 'Spam.'))),
  })
  const codes = [sender, recipient, message].map(async ({ port }) => {
    const { code, said } = await problemAt(port)
    return [code, said]
  })
  assert.deepEqual(await Promise.all(codes), [
    ['sender_refused', '550 Not here.'],
    ['recipient_refused', '450 Not now.'],
    ['refused', '554 Spam.'],
  ])
})

const greeting = '220 mail.example.org ESMTP\r\n'
const strangers: Record<string, [code: Code, meet: (socket: Socket) => void]> = {
  'is silent': ['timeout', () => {}],
  'is silent once it has said who it is': ['timeout', (socket) => void socket.write(greeting)],
  'answers a line at a time, for ever': [
    'timeout',
    (socket) => {
      socket.write(greeting)
      const drip = setInterval(() => socket.write('250-mail.example.org\r\n'), 100)
      socket.on('close', () => clearInterval(drip))
    },
  ],
  'closes at once': ['closed', (socket) => void socket.end()],
  'breaks off': ['unreachable', (socket) => void socket.resetAndDestroy()],
  'closes once it has said who it is': ['closed', (socket) => void socket.end(greeting)],
  'serves nobody': ['refused', (socket) => void socket.end('554 5.3.2 Not today\r\n')],
  'speaks HTTP': [
    'unintelligible',
    (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  ],
  'never ends its answer': [
    'unintelligible',
    (socket) => {
      const flood = setInterval(() => socket.write(`220-${'x'.repeat(65_000)}\r\n`), 1)
      socket.on('close', () => clearInterval(flood))
    },
  ],
}
for (const [what, [expected, meet]] of Object.entries(strangers))
  test(`a server that ${what} is given up, and it is said why`, async () => {
    await using server = await stranger(meet)
    const started = Date.now()
    const { code } = await problemAt(server.port)
    assert.equal(code, expected)
    assert.ok(Date.now() - started < 10_000)
  })

test('nobody there, and no such name, is told as such', async () => {
  const { port } = await (async () => {
    await using gone = await stranger(() => {})
    return gone
  })()
  const absent = await problemAt(port)
  assert.deepEqual([absent.code, absent.message], ['unreachable', 'ECONNREFUSED'])
  assert.equal((await problemAt(25, { host: 'nobody.invalid' })).code, 'unreachable')
})

test('what a server says comes in one line, without orders to a terminal, and not at any length', async () => {
  const words = `535-\u001b[31mNo\u202e\r\n535 ${'x'.repeat(5000)}\r\n`
  await using server = await stranger((socket) => void socket.write(words))
  const { said } = await problemAt(server.port)
  assert.ok(said !== null && said.length <= 300, String(said))
  assert.doesNotMatch(said, /[\p{Cc}\p{Cf}]/u)
})
