import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellingErrors } from './reasons.ts'

const isEcho = (error: string) => error.startsWith('echo')
const WHY = 'the script of lab-fail ended with 7'
const HEAD = 'echo: there was an error of lab-fail'
const END = 'echo: a program returned an error'

test('a reason is said once, and what only announces or follows it not at all', () => {
  // Of one package: in the install, and in the two repairs after it.
  assert.deepEqual(tellingErrors([HEAD, END, WHY, HEAD, HEAD, END], isEcho), [WHY])
})

test('a file that was asked for twice is missing once', () => {
  const tried = [HEAD, 'lab-lib: 404', END]
  assert.deepEqual(tellingErrors([...tried, ...tried], isEcho), ['lab-lib: 404'])
})

test('where nothing tells more, what there is is said', () => {
  assert.deepEqual(tellingErrors([HEAD, END, END], isEcho), [HEAD, END])
  assert.deepEqual(tellingErrors([], isEcho), [])
})

test('of many the newest few are said, in their order', () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  assert.deepEqual(tellingErrors(many, isEcho), ['c', 'd', 'e', 'f', 'g'])
})
