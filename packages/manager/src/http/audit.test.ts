import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { managerApi } from '@linux-patch/shared/manager-api'
import { manager, type Manager } from '../start/manager.test.kit.ts'
import { entryBySystem } from '../services/audit/audit.ts'
import { bearer } from './asker.test.kit.ts'

let world: Manager
let auditor: ReturnType<Manager['as']>
let headers: Record<string, string>
before(async () => {
  world = await manager()
  const { token } = await world.person('auditor')
  auditor = world.as(token)
  headers = bearer(token)
})
after(() => world[Symbol.asyncDispose]())

const append = (action: string, details: Record<string, unknown> = {}) =>
  world.stores.audit.append(
    entryBySystem(world.now(), { action, target_type: 'test', target_id: '=1+1', details }),
  )

test('who may not read the audit is refused, and that is on record', async () => {
  for (const role of ['viewer', 'operator'])
    for (const path of ['/api/v1/audit', '/api/v1/audit/export']) {
      const { token } = await world.person(role)
      const { status, code } = await world.ask('GET', path, { headers: bearer(token) })
      assert.deepEqual([status, code], [403, 'forbidden_role'])
    }
  const { entries } = await auditor.listAudit({ action: 'permission_refused' })
  assert.deepEqual(
    entries.map(({ target_id, outcome }) => [target_id, outcome]),
    ['audit:export', 'audit:read', 'audit:export', 'audit:read'].map((name) => [name, 'refused']),
  )
})

test('pages go on where they ended, also when more is done meanwhile', async () => {
  for (let number = 1; number <= 7; number++) await append(`page ${number}`)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await auditor.listAudit({ target_type: 'test', limit: 3, cursor })
    seen.push(...page.entries.map(({ action }) => action))
    cursor = page.next_cursor ?? undefined
    await append('later')
  } while (cursor !== undefined)
  assert.deepEqual(
    seen,
    [7, 6, 5, 4, 3, 2, 1].map((number) => `page ${number}`),
  )
})

test('what is asked in another way is refused', async () => {
  const wrong = ['cursor=abc', 'cursor=MTI', 'limit=0', 'limit=1001', 'from=yesterday', 'offset=3']
  wrong.push('outcome=no', 'outcome=', 'outcome=success&outcome=refused')
  // A row that PostgreSQL cannot even be asked for, and a time that is later than it sorts.
  wrong.push(`cursor=${Buffer.from('seq:9999999999').toString('base64url')}`)
  wrong.push('to=9999-12-31T23:59:59-01:00')
  for (const query of wrong) {
    const { status } = await world.ask('GET', `/api/v1/audit?${query}`, { headers })
    assert.equal(status, 400, query)
  }
})

test('a time is a time, however it is written', async () => {
  await append('now')
  const [entry] = (await auditor.listAudit({ action: 'now' })).entries
  const from = new Date(Date.parse(entry!.at) + 2 * 3_600_000).toISOString().replace('Z', '+02:00')
  assert.equal((await auditor.listAudit({ action: 'now', from })).entries.length, 1)
  assert.equal((await auditor.listAudit({ action: 'now', to: from })).entries.length, 0)
})

test('an export has every row, is marked where it could be a formula, and is on record', async () => {
  for (let number = 0; number < 1200; number++)
    await append('many', { number, text: 'a "quoted",\r\nline' })
  const asked = '/api/v1/audit/export?action=many'
  const json = await world.ask('GET', `${asked}&format=json`, { headers })
  const { entries, rows } = JSON.parse(json.body)
  assert.deepEqual([rows, entries.length, entries[1199].details.number], [1200, 1200, 1199])
  assert.equal(json.headers['x-row-count'], '1200')
  assert.equal(json.headers['content-type'], 'application/json; charset=utf-8')

  const csv = await world.ask('GET', asked, { headers })
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(csv.headers['content-disposition'], 'attachment; filename="audit.csv"')
  const lines = csv.body.split('\r\n')
  assert.equal(lines.length, 1202)
  assert.match(lines[0] ?? '', /^seq,id,at,actor_type/)
  assert.match(
    lines[1] ?? '',
    /,many,test,'=1\+1,success,,,"\{""number"":0,""text"":""a \\""quoted/,
  )

  const [second, first] = (await auditor.listAudit({ action: 'audit_export' })).entries
  assert.deepEqual(first?.details, { format: 'json', rows: 1200, filter: { action: 'many' } })
  assert.equal(second?.details.format, 'csv')
})

test('the typed client reads an export too', async () => {
  assert.equal(managerApi.exportAudit.streamed, true)
  assert.match(await auditor.exportAudit({ action: 'none' }), /^seq,id,[a-z_,]+\r\n$/)
})
