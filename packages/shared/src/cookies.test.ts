import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCookies } from './cookies.ts'

test('cookies come back as they were sent, and no header makes it throw', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/)
  const value = fc.stringMatching(/^[!-:<-~]{0,20}$/)
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.string(), (cookies, junk) => {
      const header = Object.entries(cookies).map(([key, text]) => `${key}=${text}`)
      assert.deepEqual({ ...readCookies(header.join('; ')) }, { ...cookies })
      readCookies(junk)
    }),
  )
})

test('a name that is not there is not found, also where none was sent', () => {
  assert.equal(readCookies('a=1')['b'], undefined)
  assert.equal(readCookies(undefined)['a'], undefined)
})
