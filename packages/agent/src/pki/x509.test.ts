import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { skipWithout } from '../needs.test.kit.ts'
import { certificateRequest } from './x509.ts'

test(
  'openssl finds a request signed by its own key',
  { skip: skipWithout('openssl') },
  async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const input = await certificateRequest(key, 'web-1.example')
    const asking = ['req', '-verify', '-noout', '-subject']
    const { status, stdout, stderr } = spawnSync('openssl', asking, { input, encoding: 'utf8' })
    assert.deepEqual([status, stdout], [0, 'subject=CN = web-1.example\n'])
    assert.match(stderr, /self-signature verify OK/)
  },
)
