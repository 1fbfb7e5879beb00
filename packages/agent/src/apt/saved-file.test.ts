import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSavedFile, readSavedFile, savedFileName } from './saved-file.ts'

const FOLDER = '/var/lib/linux_patch_api/saved/0f9c'

test('a name says which package it is, with its epoch and without a percent sign', () => {
  const vim = { name: 'vim', version: '2:9.0.1378-2+deb12u1', architecture: 'amd64' }
  assert.equal(savedFileName(vim), 'vim_2_9.0.1378-2+deb12u1_amd64.deb')
  assert.deepEqual(readSavedFile(`${FOLDER}/${savedFileName(vim)}`), vim)
  assert.equal(
    savedFileName({ ...vim, name: 'vim:i386', architecture: 'i386' }).slice(0, 4),
    'vim_',
  )
})

test('every package and version that Debian allows is found in its name again', () => {
  const names = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,20}$/)
  const versions = fc.stringMatching(/^([0-9]{1,3}:)?[0-9][A-Za-z0-9.+~-]{0,20}$/)
  fc.assert(
    fc.property(names, versions, (name, version) => {
      const saved = { name, version, architecture: 'all' }
      assert.deepEqual(readSavedFile(`${FOLDER}/${savedFileName(saved)}`), saved)
    }),
  )
})

test('what is no saved package never gets to apt', () => {
  const strange = [
    'lab_1_all.deb',
    './lab_1_all.deb',
    '/tmp/../etc/lab_1_all.deb',
    '/tmp/a b/lab_1_all.deb',
    '/tmp/$(reboot)/lab_1_all.deb',
    '/tmp/lab_1_all.deb-',
    '/tmp/lab_1_all.deb;reboot',
    '/tmp/lab_1_all.deb\n',
    '/tmp/-lab_1_all.deb',
    '/tmp/lab.deb',
  ]
  for (const path of strange) assert.equal(isSavedFile(path), false, path)
})

test('no text makes it throw', () =>
  fc.assert(fc.property(fc.string(), (text) => void readSavedFile(text))))
