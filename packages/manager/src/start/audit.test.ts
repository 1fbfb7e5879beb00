import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createPublicKey, verify } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { bearer } from '../http/asker.test.kit.ts'
import { rotateKeys } from '../services/certificates/key-rotation.ts'
import { manager, type Manager } from './manager.test.kit.ts'
import { place } from './process.test.kit.ts'

const path = '/api/v1/settings/audit-integrity'

/** What somebody does who owns the database. */
function tamper(folder: string, ...statements: string[]) {
  const database = new SqliteDatabase(join(folder, 'manager.db'))
  for (const table of ['audit', 'audit_checkpoint'])
    for (const change of ['update', 'delete'])
      database.exec(`drop trigger if exists ${table}_refuses_${change}`)
  for (const statement of statements) database.exec(statement)
  database.close()
}
const actionsOf = async ({ stores }: Manager) =>
  (await stores.audit.list({ limit: 1000, offset: 0 })).map(
    ({ action, outcome }) => `${action} ${outcome}`,
  )

test('administrators and auditors verify the audit, others are refused, and all of it is on record', async () => {
  await using world = await manager()
  for (const role of ['viewer', 'operator']) {
    const { token } = await world.person(role)
    const { status, code } = await world.ask('POST', path, { headers: bearer(token), body: '{}' })
    assert.deepEqual([status, code], [403, 'forbidden_role'])
  }
  const { token } = await world.person('auditor')
  for (const caller of [world.as(token), world.as(await world.signIn())]) {
    const verdict = await caller.verifyAudit()
    assert.deepEqual([verdict.valid, verdict.first_bad, verdict.from_seq], [true, null, 1])
    assert.equal(verdict.checked, verdict.head?.seq)
  }
  const actions = await actionsOf(world)
  assert.equal(actions.filter((action) => action === 'permission_refused refused').length, 2)
  assert.equal(actions.filter((action) => action === 'audit_verify success').length, 2)
})

test('a row that was changed is named, and so is that it was found', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  tamper(world.folder, `update audit set actor_name = 'somebody else' where seq = 2`)
  const { valid, first_bad } = await admin.verifyAudit()
  assert.deepEqual([valid, first_bad?.fault, first_bad?.seq], [false, 'altered', 2])
  assert.equal((await actionsOf(world)).at(-1), 'audit_verify failure')
})

test('where the end was changed nothing is done, and it is still told why', async () => {
  await using world = await manager()
  const token = await world.signIn()
  const admin = world.as(token)
  tamper(world.folder, 'update audit_head set seq = seq + 1')
  await assert.rejects(admin.createGroup({ name: 'web', description: '' }), {
    code: 'unavailable',
    message: /audit verify/,
  })
  assert.equal((await admin.listGroups()).total, 0)
  const { first_bad } = await admin.verifyAudit()
  assert.equal(first_bad?.fault, 'head')
})

test('where somebody has written what comes next nothing is done, and it is still told why', async () => {
  await using world = await manager()
  const admin = world.as(await world.signIn())
  tamper(
    world.folder,
    `insert into audit select seq + 1, 'forged', at, actor_type, actor_id, actor_name, action, target_type,
       target_id, outcome, ip, request_id, details, hash, hash from audit order by seq desc limit 1`,
  )
  await assert.rejects(admin.createGroup({ name: 'web', description: '' }), {
    code: 'unavailable',
    message: /audit verify/,
  })
  assert.equal((await admin.listGroups()).total, 0)
  const { first_bad } = await admin.verifyAudit()
  assert.deepEqual([first_bad?.fault, first_bad?.id], ['inserted', 'forged'])
})

test('under a new master key the chain is the same', async () => {
  await using world = await manager()
  await world.signIn()
  const { database, config, now, folder } = world
  await rotateKeys({ database, path: config.master_key_file, now })
  await world.stop()
  await using again = await manager({ folder })
  const verdict = await (await adminOf(again)).verifyAudit()
  assert.equal(verdict.first_bad, null)
  assert.equal(again.auditPlace.chain.public_key_pem, world.auditPlace.chain.public_key_pem)
})

/** The first administrator, whose password the first start alone has shown. */
async function adminOf(world: Manager) {
  const { token } = await world.person('admin')
  return world.as(token)
}

test('without its key it does not start, and makes no other', async () => {
  await using at = await place()
  const first = at.start()
  await first.listens()
  first.stop('SIGTERM')
  await first.ended
  tamper(at.state, `delete from secret where name = 'audit-key'`)
  const { code, error } = await at.start().ended
  assert.equal(code, 1)
  assert.match(error, /its key is gone/)
})

test('the command verifies beside a manager that runs, and exits 1 where something is wrong, and 2 where there is nothing to verify', async () => {
  await using at = await place()
  const running = at.start()
  await running.listens()
  const known = join(at.state, 'audit-known.json')
  while (!existsSync(known)) await wait(20)
  const right = await at.launch('audit', 'verify').ended
  assert.deepEqual([right.code, right.error], [0, ''])
  assert.match(right.out, /^The audit is as it was written. \d+ rows are right, from number 1 on/)
  assert.match(right.out, /Known outside the database: row \d+/)

  const { out: key } = await at.launch('audit', 'key').ended
  const { signature, seq, hash, at: when } = JSON.parse(readFileSync(known, 'utf8'))
  const text = `\u0001${JSON.stringify(['note', seq, hash, when])}`
  const signed = Buffer.from(signature, 'base64url')
  assert.equal(verify(null, Buffer.from(text), createPublicKey(key), signed), true)

  tamper(at.state, 'delete from audit where seq = 1')
  const wrong = await at.launch('audit', 'verify').ended
  assert.equal(wrong.code, 1)
  assert.match(wrong.out, /^The audit is not as it was written. Row 1, missing: There is no row 1/)
  rmSync(known)
  running.stop('SIGTERM')
  assert.equal((await running.ended).code, 0)
  rmSync(join(at.state, 'manager.db'))
  const none = await at.launch('audit', 'verify').ended
  assert.equal(none.code, 2)
  assert.match(none.error, /^The database cannot be opened/)
})

test('the verdict is told also where it cannot be put on record', async () => {
  await using at = await place()
  const first = at.start()
  await first.listens()
  first.stop('SIGTERM')
  await first.ended
  tamper(
    at.state,
    `create trigger full before insert on audit begin select raise(rollback, 'the disk is full'); end`,
  )
  const right = await at.launch('audit', 'verify').ended
  assert.deepEqual([right.code, right.error], [0, ''])
  assert.match(right.out, /^The audit is as it was written\./)
  assert.match(right.out, /^That it was verified could not be put on record: the disk is full$/m)
  tamper(at.state, `update audit set actor_name = 'somebody else' where seq = 1`)
  const wrong = await at.launch('audit', 'verify').ended
  assert.equal(wrong.code, 1)
  assert.match(wrong.out, /^The audit is not as it was written\. Row 1,/)
})

test('a manager that is killed at work leaves a chain that is valid', async () => {
  await using at = await place()
  for (const delay of [0, 150, 300]) {
    const running = at.start()
    await running.listens()
    const verifying = [1, 2, 3].map(() => at.launch('audit', 'verify'))
    await wait(400 + delay)
    running.stop('SIGKILL')
    for (const one of verifying) one.stop('SIGKILL')
    await Promise.all([running, ...verifying].map(({ ended }) => ended))
    const { code, out } = await at.launch('audit', 'verify').ended
    assert.equal(code, 0, out)
  }
})
