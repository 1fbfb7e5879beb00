import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '@linux-patch/shared/failure'
import { parseWhitelist, withEntries } from './config-whitelist.ts'

const FILE = 'whitelist.yaml'

test('addresses, networks and names may stand side by side', () => {
  const entries = ['10.0.0.1', '10.1.0.0/16', '2001:db8::/32', '::1', 'manager.example.org']
  assert.deepEqual(parseWhitelist(FILE, JSON.stringify({ entries })), entries)
})

test('an empty list allows nobody and is no mistake', () => {
  for (const text of ['', '# nobody yet\n', 'entries:\n', 'entries: []\n'])
    assert.deepEqual(parseWhitelist(FILE, text), [])
})

for (const entry of [
  '10.0.0.300',
  '10.0.0.0/33',
  '10.0.0',
  '-x',
  'a b',
  '*',
  '',
  '1:2',
  'http://x',
])
  test(`${JSON.stringify(entry)} is neither`, () =>
    assert.throws(() => parseWhitelist(FILE, JSON.stringify({ entries: [entry] })), {
      code: 'CONFIG_INVALID',
      message: /^whitelist\.yaml: entries\.0: must be an IP address/,
    }))

for (const entry of ['::ffff:10.0.0.0/90', '::FFFF:10.0.0.0/0', '::ffff:10.0.0.0/95'])
  test(`${entry} would hold more than all of IPv4`, () =>
    assert.throws(() => parseWhitelist(FILE, JSON.stringify({ entries: [entry] })), {
      code: 'CONFIG_INVALID',
      message:
        'whitelist.yaml: entries.0: must have a prefix of at least 96, as it is IPv4 at line 1, column 13',
    }))

test('a list that is no list is refused', () =>
  assert.throws(() => parseWhitelist(FILE, 'entries: 10.0.0.1'), { message: /entries: / }))

test('what is added keeps what a person wrote', () =>
  assert.equal(
    withEntries(FILE, '# ours\nentries:\n  - 10.0.0.1 # the office\n', ['10.0.0.1', '10.0.0.2']),
    '# ours\nentries:\n  - 10.0.0.1 # the office\n  - 10.0.0.2\n',
  ))

test('what is there already is not added, and nothing is written anew', () => {
  const text = "entries:   [ '10.0.0.1' ]"
  assert.equal(withEntries(FILE, text, ['10.0.0.1']), text)
})

test('a file with nothing but comments keeps them', () => {
  for (const text of ['# nobody yet\n', '# nobody yet\nentries:\n', '# nobody yet\nentries: []\n'])
    assert.equal(
      withEntries(FILE, text, ['::1']),
      '# nobody yet\n\nentries:\n  - ::1\n'.replace(
        '\n\n',
        text.includes('entries') ? '\n' : '\n\n',
      ),
    )
})

test('a file that is broken is not written over', () =>
  assert.throws(() => withEntries(FILE, 'entries: [', ['::1']), { code: 'CONFIG_INVALID' }))

test('a manager that sends nonsense adds nothing', () =>
  assert.throws(() => withEntries(FILE, '', ['10.0.0.1\nentries: [0.0.0.0/0]'])))

const entry = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  fc.constantFrom('10.0.0.0/8', '2001:db8::/32'),
)

test('every list comes back as it was written, and what is added is in it once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry), fc.uniqueArray(entry), (entries, more) => {
      const text = JSON.stringify({ entries })
      assert.deepEqual(parseWhitelist(FILE, text), entries)
      const both = parseWhitelist(FILE, withEntries(FILE, text, more))
      assert.deepEqual(both, [...new Set([...entries, ...more])])
    }),
  )
})

test('whatever the file holds, it is read or refused in words', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        entry.map((one) => `entries: [${one}]`),
      ),
      (text) => {
        try {
          parseWhitelist(FILE, text)
        } catch (error) {
          assert.ok(error instanceof Failure, String(error))
        }
      },
    ),
  )
})
