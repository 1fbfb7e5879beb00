import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssoAddress } from './sso-address.ts'

test('whoever signs in by another system comes back to where he was', () => {
  const address = ssoAddress({ pathname: '/jobs', search: '?status=failed&page=2' })
  const { pathname, searchParams } = new URL(address, 'https://manager.example')
  assert.equal(pathname, '/api/v1/auth/sso/login')
  assert.equal(searchParams.get('return_to'), '/jobs?status=failed&page=2')
})
