import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../files/folder.test.kit.ts'
import { testAuthority } from '../pki/authority.test.kit.ts'
import { rootsIn } from '../pki/roots.ts'
import { revocations } from './revocations.ts'

const START = new Date('2026-01-01T00:00:00Z')
const END = new Date('2026-01-08T00:00:00Z')
const authority = await testAuthority('root')
const next = await testAuthority('next root')

function host(...texts: string[]) {
  const file = join(newFolder(), 'crl.pem')
  const trusted = { ca: authority.ca }
  const list = revocations({ file, roots: () => rootsIn(trusted.ca) })
  const put = (...now: string[]) => {
    writeFileSync(file, now.join(''))
    list.reload()
  }
  if (texts.length > 0) put(...texts)
  else list.reload()
  return { file, trusted, list, put }
}

test('without a list nobody is revoked, and it is missing', () => {
  const { list } = host()
  assert.deepEqual(
    [list.state(START), list.problem(), list.isRevoked('4A')],
    ['missing', null, false],
  )
})

test('a list holds until its end, and its certificates stay revoked after it', () => {
  const { list } = host(authority.revocations(END, { serials: ['4a01'] }))
  assert.deepEqual(
    [list.state(START), list.isRevoked('4A01'), list.isRevoked('4A02')],
    ['valid', true, false],
  )
  assert.deepEqual([list.state(END), list.isRevoked('4A01')], ['expired', true])
  assert.deepEqual(list.until(), END)
})

test('a newer list takes the place of the one before', () => {
  const { list, put } = host(authority.revocations(END, { number: 4, serials: ['4a01'] }))
  put(authority.revocations(END, { number: 5, serials: ['4a02'] }))
  assert.deepEqual([list.isRevoked('4A01'), list.isRevoked('4A02')], [false, true])
})

test('an older list does not let anybody in again', () => {
  const { file, list, put } = host(authority.revocations(END, { number: 5, serials: ['4a01'] }))
  put(authority.revocations(END, { number: 4 }))
  assert.deepEqual([list.state(START), list.isRevoked('4A01')], ['invalid', true])
  assert.equal(list.problem(), `${file} is older than the list before it.`)
})

test('what cannot be read, or is gone, leaves the last good list in force', () => {
  const good = authority.revocations(END, { serials: ['4a01'] })
  for (const bad of ['', 'hello', authority.ca, next.revocations(END)]) {
    const { list, put } = host(good)
    put(bad)
    assert.deepEqual([list.state(START), list.isRevoked('4A01')], ['invalid', true])
    put(good)
    assert.equal(list.state(START), 'valid')
  }
  const { file, list } = host(good)
  rmSync(file)
  list.reload()
  assert.deepEqual([list.state(START), list.isRevoked('4A01')], ['valid', true])
})

test('of two roots the list of each counts, and goes with its root', () => {
  const old = authority.revocations(END, { serials: ['4a01'] })
  const { list, put, trusted } = host(old)
  trusted.ca = authority.ca + next.ca
  put(old, next.revocations(START, { serials: ['4a02'] }))
  assert.deepEqual(['4A01', '4A02'].map(list.isRevoked), [true, true])
  assert.equal(list.state(START), 'expired')
  trusted.ca = next.ca
  put(next.revocations(END, { number: 2, serials: ['4a02'] }))
  assert.deepEqual(['4A01', '4A02'].map(list.isRevoked), [false, true])
  assert.equal(list.state(START), 'valid')
})
