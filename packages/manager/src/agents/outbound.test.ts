import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outboundAddress } from './outbound.ts'

test('the loopback is called from the loopback', async () => {
  assert.equal(await outboundAddress('127.0.0.1'), '127.0.0.1')
})

test('where no way leads there is no address, and above all not the one that means any', async () => {
  // One of a link, with no link named.
  await assert.rejects(outboundAddress('fe80::1'), { code: 'invalid_request' })
  await assert.rejects(outboundAddress('255.255.255.255'), {
    code: 'invalid_request',
    message: 'No way leads from this manager to 255.255.255.255.',
  })
})
