import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { managerPlaceText } from '../config-manager.ts'
import { host, MANAGER } from '../pki/authority.test.kit.ts'
import { enrolledWorld } from './enrolled.test.kit.ts'
import { enrolledManager } from './enrolled-manager.ts'

const MEGABYTE = 1024 * 1024

function* spaces() {
  for (;;) yield Buffer.alloc(MEGABYTE, ' ')
}

/** What a manager with the right certificate may answer, and the words for it. */
const answers: Record<string, [answer: RequestListener, words: RegExp]> = {
  'that does not end': [
    (_, response) => {
      Readable.from(spaces())
        .on('error', () => {})
        .pipe(response)
    },
    /cannot be reached: its answer is too long\.$/,
  ],
  'that was cut off': [
    (_, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('{', () => response.destroy())
    },
    /cannot be reached: ECONNRESET\.$/,
  ],
  'that is no JSON': [(_, response) => response.end('<html>'), /is not JSON\.$/],
  'that is another': [
    (_, response) => response.end('{"roots":5}'),
    /^The manager's answer does not fit its API: roots: [^\n]+\.$/,
  ],
  'that leads elsewhere': [
    (_, response) => response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end(),
    /\(302\) is not JSON\.$/,
  ],
  'with a status alone': [(_, response) => response.writeHead(410).end('{}'), /answered 410\.$/],
}

for (const [what, [answer, message]] of Object.entries(answers))
  test(`an answer ${what} is told in a sentence`, async () => {
    await using world = await enrolledWorld()
    const { key, cert } = await world.authority.issue({ ...host, uris: [MANAGER] })
    const server = createServer({ key, cert, requestCert: true, ca: world.authority.ca }, answer)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const place = { url: `https://127.0.0.1:${port}`, identity: MANAGER }
    writeFileSync(world.where.manager, managerPlaceText(place))
    try {
      const asked = enrolledManager(world.where, world.material).getTrust()
      await assert.rejects(asked, { code: 'unavailable', message })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
