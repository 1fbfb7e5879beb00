import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../files/folder.test.kit.ts'
import { audit } from './audit.ts'

function newAudit() {
  const folder = newFolder()
  const [file, head] = [join(folder, 'state/audit.log'), join(folder, 'state/audit.head')]
  const errors: unknown[] = []
  const log = audit({
    file,
    head,
    now: () => new Date('2026-01-02T03:04:05Z'),
    onError: (error) => errors.push(error),
  })
  const lines = () =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => unsealed(JSON.parse(line)))
  return { file, log, lines, errors, [Symbol.dispose]: log.close }
}
/** A record without its place in the chain, of which audit-verify.test.ts tells. */
function unsealed(record: Record<string, unknown>) {
  const { seq: _seq, prev_hash: _before, hash: _hash, ...fields } = record
  return fields
}

const knock = (address: string) => ({
  code: 'AUTHZ_IP_DENIED' as const,
  address,
  reason: 'not on the whitelist',
})

test('an action is one line of JSON that only root can read', () => {
  using world = newAudit()
  world.log.action({
    request_id: 'r',
    identity: 'urn:lpm:operator:ann',
    fingerprint: 'f',
    address: '10.0.0.1',
    action: 'POST /api/v1/packages',
    status: 202,
    code: null,
    job_id: 'j',
    reason: 'a new kernel',
  })
  assert.deepEqual(world.lines(), [
    {
      at: '2026-01-02T03:04:05.000Z',
      event: 'action',
      request_id: 'r',
      identity: 'urn:lpm:operator:ann',
      fingerprint: 'f',
      address: '10.0.0.1',
      action: 'POST /api/v1/packages',
      status: 202,
      code: null,
      job_id: 'j',
      reason: 'a new kernel',
    },
  ])
  assert.equal(statSync(world.file).mode & 0o777, 0o600)
})

test('the same refusal again is counted and not written', () => {
  const world = newAudit()
  for (let count = 0; count < 10_000; count += 1) world.log.turnedAway(knock('10.0.0.1'))
  assert.equal(world.lines().length, 1)
  world.log.close()
  assert.deepEqual(world.lines()[1], {
    at: '2026-01-02T03:04:05.000Z',
    event: 'refused_again',
    ...knock('10.0.0.1'),
    times: 9999,
  })
})

test('a flood from many addresses ends in one line for all the others', () => {
  const world = newAudit()
  for (let count = 0; count < 5000; count += 1) world.log.turnedAway(knock(`2001:db8::${count}`))
  world.log.close()
  assert.equal(world.lines().length, 502)
  assert.deepEqual([world.lines().at(-1)?.address, world.lines().at(-1)?.times], ['others', 4499])
})

test('an address that was seen before the flood keeps its own count', () => {
  const world = newAudit()
  for (let count = 0; count < 500; count += 1) world.log.turnedAway(knock(`2001:db8::${count}`))
  world.log.turnedAway(knock('2001:db8::7'))
  world.log.close()
  assert.deepEqual([world.lines().length, world.lines().at(-1)?.address], [501, '2001:db8::7'])
})

test('a log that cannot be written is said elsewhere and stops nothing', () => {
  const errors: unknown[] = []
  const log = audit({
    file: '/dev/null/audit.log',
    head: '/dev/null/audit.head',
    now: () => new Date(),
    onError: (error) => errors.push(error),
  })
  const before = errors.length
  log.turnedAway(knock('10.0.0.1'))
  assert.equal(errors.length, before + 1)
  log.close()
})
