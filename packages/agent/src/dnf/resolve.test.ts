import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nothingAsked, type TransactionRequest } from '../package-manager.ts'
import { byName, knownOfLab } from './captured.test.kit.ts'
import { toSnapshot } from './damage.ts'
import { invert } from './inverse.ts'
import type { Ask, Offer } from './program.ts'
import { resolve } from './resolve.ts'
import { savedFileName } from './saved-file.ts'

const offer = (name: string, version: string, more: Partial<Offer> = {}): Offer => ({
  name,
  version,
  arch: 'noarch',
  repository: 'lab',
  excluded: false,
  ...more,
})
const offers = [
  offer('lab-lib', '1.0-1'),
  offer('lab-lib', '1.0-2'),
  offer('lab-held', '1:1.0-1'),
  offer('lab-held', '1:1.1-1', { excluded: true }),
  offer('lab-ma', '1.1-1', { arch: 'x86_64' }),
  offer('lab-ma', '1.2-1', { arch: 'i686' }),
]
const ask = (async (_question: string, { names }: { names: string[] }) =>
  offers.filter(({ name }) => names.includes(name))) as unknown as Ask

const { updates, locks } = knownOfLab()
const asked = (request: Partial<TransactionRequest>) =>
  resolve(
    { ...nothingAsked, operation: 'install', ...request },
    { installed: byName(), ask, updates, locks },
  )
const wanted = (name: string, version: string | null = null, more = {}) =>
  asked({ packages: [{ name, version }], ...more }).then(({ packages }) => packages[0]?.version)
const refusal = (code: string, message = /./) => ({ code, message })

test('a name becomes the newest version that is offered for the architecture of the host', async () => {
  assert.equal(await wanted('lab-lib'), '1.0-2')
  assert.equal(await wanted('lab-ma'), '1.1-1')
  assert.equal(await wanted('lab-ma:i686'), '1.2-1')
})

test('what no repository has is refused', async () => {
  await assert.rejects(wanted('lab-nothing'), refusal('PKG_NOT_FOUND'))
  await assert.rejects(wanted('lab-lib', '9-9'), refusal('PKG_VERSION_CONFLICT'))
  await assert.rejects(wanted('lab-hello', null, { force: true }), refusal('PKG_VERSION_CONFLICT'))
  await assert.rejects(wanted('lab-x', null, { operation: 'update' }), refusal('PKG_NOT_FOUND'))
})

test('what an administrator has locked is refused, not passed over', async () => {
  await assert.rejects(wanted('lab-held'), refusal('PKG_DEPENDENCY_ERROR', /1:1\.1-1/))
  await assert.rejects(wanted('lab-held', '1:1.1-1'), refusal('PKG_DEPENDENCY_ERROR'))
  assert.equal(await wanted('lab-held', '1:1.0-1'), '1:1.0-1')
})

test('a name that is no more becomes what comes in its place, unless it is asked for as it is', async () => {
  const packages = [{ name: 'lab-old-name', version: null }]
  const renamed = await asked({ operation: 'update', packages })
  assert.deepEqual(renamed.packages, [{ name: 'lab-new-name', version: '2.0-1' }])
  assert.equal(await wanted('lab-old-name'), '1.0-1')
})

test('an older version takes a word that allows it', async () => {
  const newer = new Map(byName())
  const lib = newer.get('lab-lib') ?? assert.fail()
  newer.set('lab-lib', { ...lib, version: '1.0-2' })
  const back = (allow_downgrade: boolean) =>
    resolve(
      {
        ...nothingAsked,
        operation: 'update',
        packages: [{ name: 'lab-lib', version: '1.0-1' }],
        allow_downgrade,
      },
      { installed: newer, ask, updates, locks },
    )
  await assert.rejects(back(false), refusal('PKG_VERSION_CONFLICT', /downgrades were not allowed/))
  assert.equal((await back(true)).packages[0]?.version, '1.0-1')
})

test('only what is there can be removed, and an exclusion keeps it', async () => {
  const remove = (names: string[], exclude_packages: string[] = []) =>
    asked({ operation: 'remove', remove: names, exclude_packages }).then((found) => found.remove)
  assert.deepEqual(await remove(['lab-lib', 'kernel-5.14.0-1']), ['lab-lib', 'kernel-5.14.0-1'])
  assert.deepEqual(await remove(['lab-lib'], ['lab-lib']), [])
  await assert.rejects(remove(['lab-nothing']), refusal('PKG_NOT_FOUND'))
  await assert.rejects(remove(['lab-held']), refusal('PKG_DEPENDENCY_ERROR', /is locked/))
})

test('to take back a kernel is to remove it, for the one before is still there', async () => {
  const now = toSnapshot([...byName().values()])
  const before = { kernel: now['kernel-5.14.0-1'] ?? assert.fail() }
  const after = { kernel: now['kernel'] ?? assert.fail() }
  const { packages, remove } = await asked(invert(before, after, { files: {}, missing: {} }))
  assert.deepEqual([packages, remove], [[], ['kernel']])
})

test('what was kept comes from its file, and a kernel that went from where it is offered', async () => {
  const state = { version: '5.14.0-0', state: 'installed', automatic: false } as const
  const lib = { ...state, version: '1.0-1' }
  const saved = { 'lab-lib': '/saved/lab-lib-1.0-1.noarch.rpm' }
  const inverse = invert(
    { 'kernel-5.14.0-0': state, 'lab-lib': lib },
    { 'lab-lib': { ...lib, version: '1.0-2' }, 'lab-extra': lib },
    { files: saved, missing: {} },
  )
  const { files, packages } = await asked(inverse)
  assert.deepEqual(files, ['/saved/lab-lib-1.0-1.noarch.rpm'])
  assert.deepEqual(packages, [{ name: 'kernel', version: '5.14.0-0' }])
  assert.deepEqual(inverse.remove, ['lab-extra'])
})

test('a saved package is named as its repository names it', () =>
  assert.equal(
    savedFileName({ name: 'vim', version: '2:8.2-1.el9', arch: 'x86_64' }),
    'vim-8.2-1.el9.x86_64.rpm',
  ))
