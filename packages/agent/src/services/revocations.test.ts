import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { newFolder } from '../files/folder.test.kit.ts'
import { testAuthority } from '../pki/authority.test.kit.ts'
import { revocations } from './revocations.ts'

const START = new Date('2026-01-01T00:00:00Z')
const END = new Date('2026-01-08T00:00:00Z')
const authority = await testAuthority('root')

function host(text?: string) {
  const file = join(newFolder(), 'crl.pem')
  if (text !== undefined) writeFileSync(file, text)
  return { file, list: revocations({ file, authority: () => authority.ca }) }
}

test('no list is no problem: there is none to hand out yet', async () =>
  assert.equal(await host().list.problem(START), null))

test('a list holds until its end', async () => {
  const { file, list } = host(await authority.revocations(END))
  assert.equal(await list.problem(START), null)
  assert.equal(await list.problem(END), `${file} expired at 2026-01-08T00:00:00.000Z.`)
  writeFileSync(file, await authority.revocations(new Date('2026-01-15T00:00:00Z')))
  assert.equal(await list.problem(END), null)
})

test('the list of another authority is worth nothing', async () => {
  const other = await testAuthority('root')
  const { list } = host(await other.revocations(END))
  assert.match((await list.problem(START)) ?? '', /was not signed by our authority/)
})

test('what is no list is said to be none', async () => {
  assert.match((await host('-----BEGIN').list.problem(START)) ?? '', /is no list/)
  assert.match((await host('').list.problem(START)) ?? '', /is no list/)
})

test('whatever the file holds, it is said to be no list', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.base64String().map((one) => `-----BEGIN X509 CRL-----\n${one}\n-----END X509 CRL-----\n`),
  )
  await fc.assert(
    fc.asyncProperty(text, async (one) =>
      assert.match(
        (await host(one).list.problem(START)) ?? '',
        /is no list of revoked certificates/,
      ),
    ),
    { numRuns: 50 },
  )
})
