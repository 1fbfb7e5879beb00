import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JWK } from 'jose'
import { Configuration } from 'openid-client'
import { signed } from './forging.test.kit.ts'
import { readLogout } from './logout.ts'
import { newKey } from './provider.test.kit.ts'

const issuer = 'https://idp.example'
const client_id = 'patches'
const now = new Date('2026-11-22T12:00:00Z')
const claims = {
  iss: issuer,
  aud: client_id,
  iat: now.getTime() / 1000,
  jti: 'one',
  sub: 'alice',
  events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
}

/** Reads it by what a provider shows that signs identity tokens by RS256 alone. */
const read = (token: string, keys: unknown[]) => {
  const metadata = { issuer, id_token_signing_alg_values_supported: ['RS256'] }
  const provider = new Configuration(metadata, client_id)
  return readLogout(token, { issuer, client_id, known: async () => ({ provider, keys }), now })
}
/** As the provider shows it. */
const open = ({ kty, n, e, kid, alg }: JWK) => ({ kty, n, e, kid, alg })
const refused = { name: 'LogoutRefused' }

test('what the provider says is read, by the clock of the manager', async () => {
  const key = await newKey()
  const said = await read(await signed({ header: { alg: 'RS256' }, claims }, key), [open(key)])
  assert.deepEqual(said, { issuer, subject: 'alice', sid: null, jti: 'one' })
})

test('it is signed in a way in which identity tokens are, whatever keys the provider shows', async () => {
  const key = await newKey()
  const { alg: _any, ...shown } = open(key)
  await assert.rejects(
    read(await signed({ header: { alg: 'PS256' }, claims }, key), [shown]),
    refused,
  )
  const secret = { kty: 'oct', k: Buffer.alloc(32, 'known').toString('base64url') }
  await assert.rejects(
    read(await signed({ header: { alg: 'HS256' }, claims }, secret), [secret]),
    refused,
  )
})

test('an issuer is written as the provider writes it, to the last slash', async () => {
  const key = await newKey()
  const other = { header: { alg: 'RS256' }, claims: { ...claims, iss: `${issuer}/` } }
  await assert.rejects(read(await signed(other, key), [open(key)]), refused)
})

test('of keys that are broken, or not told apart, none is believed', async () => {
  const [key, other] = [await newKey(), await newKey()]
  const token = await signed({ header: { alg: 'RS256' }, claims }, key)
  await assert.rejects(
    read(
      token,
      [key, other].map((one) => ({ ...open(one), kid: undefined })),
    ),
    refused,
  )
  await assert.rejects(read(token, [{ kty: 'RSA', n: 'x', e: '' }]), refused)
  await assert.rejects(read(token, [null]), refused)
  await assert.rejects(read(token, []), refused)
})
