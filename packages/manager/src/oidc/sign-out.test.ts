import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Configuration } from 'openid-client'
import { signOutAddress } from './sign-out.ts'

const addressAt = (end_session_endpoint?: string) =>
  signOutAddress(
    new Configuration(
      { issuer: 'https://idp.example', ...(end_session_endpoint && { end_session_endpoint }) },
      'patches',
    ),
    'https://manager.example/',
  )

test('the browser is sent with who sends it and where it comes back to, and nothing else', () => {
  const query = 'post_logout_redirect_uri=https%3A%2F%2Fmanager.example%2F&client_id=patches'
  assert.equal(addressAt('https://idp.example/out'), `https://idp.example/out?${query}`)
  assert.equal(addressAt('https://idp.example/out?p=1'), `https://idp.example/out?p=1&${query}`)
})

test('a provider without such a place, or with one that is none of the web, sends nobody there', () => {
  for (const place of [
    undefined,
    'javascript:alert(1)',
    'data:text/html,x',
    'http://idp.example/out',
    '//idp.example/out',
  ])
    assert.equal(addressAt(place), undefined)
})
