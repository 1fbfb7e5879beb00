import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Permission } from '@linux-patch/shared/permissions'
import type { Scope } from '../../db/scope.ts'
import { covers, refuseBeyond } from './covers.ts'
import { somebody } from './person.test.kit.ts'

const of = (...group_ids: string[]): Scope => ({ group_ids, ungrouped: true })
const only = (...group_ids: string[]): Scope => ({ group_ids, ungrouped: false })

const wider: [name: string, own: Scope, other: Scope][] = [
  ['everything beside groups', of('a'), 'all'],
  ['another group', of('a'), of('b')],
  ['a group more', of('a'), of('a', 'b')],
  ['hosts of no group beside a token that has none', only('a'), of('a')],
]
for (const [name, own, other] of wider)
  test(`${name} is more`, () => assert.equal(covers(own, other), false))

const within: [name: string, own: Scope, other: Scope][] = [
  ['everything', 'all', 'all'],
  ['a group', 'all', of('a')],
  ['the same groups in another order', of('a', 'b'), of('b', 'a')],
  ['a group less', of('a', 'b'), of('a')],
  ['no hosts of no group', of('a'), only('a')],
]
for (const [name, own, other] of within)
  test(`${name} is no more`, () => assert.equal(covers(own, other), true))

test('who has a right less, or sees a host less, is refused with what it is', () => {
  const operator = somebody('operator')
  assert.throws(() => refuseBeyond(operator, somebody('auditor'), 'She has'), {
    code: 'forbidden_role',
    message: /^She has more rights than you have: enrollment:read, .*hosts that you do not see\.$/,
  })
  const wider = { ...operator, scope: 'all' as const }
  assert.throws(() => refuseBeyond(operator, wider, 'She has'), /: hosts that you do not see\.$/)
  refuseBeyond(operator, somebody('viewer'), 'She has')
  refuseBeyond(somebody(), somebody('operator'), 'She has')
})

test('what everybody may do with what is his own is no more than anybody has', () => {
  const permissions = new Set<Permission>(['host:read'])
  refuseBeyond(
    { permissions, scope: 'all' },
    { permissions: new Set(['self:tokens']), scope: 'all' },
    'He has',
  )
})
