import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ecosystemsOf } from './ecosystem.ts'

const NOBLE = 'PRETTY_NAME="Ubuntu 24.04 LTS"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n'

test('Debian is named with its version', () => {
  assert.deepEqual(ecosystemsOf('ID=debian\nVERSION_ID="13"\n', true), ['Debian:13'])
})

test('Ubuntu has two names, and two more for whoever has a subscription', () => {
  assert.deepEqual(ecosystemsOf(NOBLE, false), ['Ubuntu:24.04', 'Ubuntu:24.04:LTS'])
  assert.deepEqual(ecosystemsOf(NOBLE, true).slice(2), ['Ubuntu:Pro:24.04', 'Ubuntu:Pro:24.04:LTS'])
})

test('a system that only looks like one of them has no name', () => {
  assert.deepEqual(
    ecosystemsOf('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n', false),
    [],
  )
  assert.deepEqual(ecosystemsOf('ID=debian\nPRETTY_NAME="Debian sid"\n', false), [])
  assert.deepEqual(ecosystemsOf('', false), [])
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void ecosystemsOf(`ID=debian\n${text}`, false)))
})
