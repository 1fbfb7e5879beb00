import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHECKOUT } from '../lab/places.ts'
import { run } from '../lab/run.ts'
import { skipWithout } from '../needs.ts'
import { startManager } from './manager.ts'

const skip = skipWithout('openssl') || skipWithout('curl')

test('the call of the API in the runbook works as it stands', { skip }, async () => {
  const text = readFileSync(join(CHECKOUT, 'docs/runbooks/install.md'), 'utf8')
  const [, example = ''] = /```sh\n(manager=[^]*?)```/.exec(text) ?? []
  await using manager = await startManager()
  const script = example
    .replace('https://manager.example:8443', manager.url)
    .replace('the password', manager.password)
  const printed = await run(['/bin/sh', '-euc', `cd '${manager.folder}'\n${script}`])
  const [fingerprint = '', hosts = ''] = printed.split('\n')
  const digits = fingerprint.replace(/.*=/, '').replaceAll(':', '').toLowerCase()
  assert.equal(`sha256:${digits}`, manager.ca_fingerprint)
  assert.equal(hosts, '{"hosts":[],"total":0,"limit":100,"offset":0}')
})
