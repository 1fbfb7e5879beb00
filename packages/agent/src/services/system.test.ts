import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemInfo } from '@linux-patch/shared/agent-api'
import { parseOsRelease, systemService } from './system.ts'
import { testHost } from './test-host.ts'
import { packageManagerOf } from './test-packages.ts'

test('this very host says what it is', async () => {
  using host = testHost()
  const info = await systemService({ packageManager: packageManagerOf(host) }).info()
  assert.doesNotThrow(() => SystemInfo.parse(info))
  assert.equal(info.api_version, '1.0.0')
  assert.ok(info.uptime_seconds >= 0)
  assert.match(info.boot_id, /^[0-9a-f-]{36}$/)
})

test('os-release is read with and without quotes', () => {
  const os = parseOsRelease(
    '# a comment\nNAME="Debian GNU/Linux"\nVERSION_ID=\'12\'\nVERSION_CODENAME=bookworm\nPRETTY_NAME="a \\"b\\""\nBROKEN\n',
  )
  assert.equal(os.get('NAME'), 'Debian GNU/Linux')
  assert.equal(os.get('VERSION_ID'), '12')
  assert.equal(os.get('VERSION_CODENAME'), 'bookworm')
  assert.equal(os.get('PRETTY_NAME'), 'a "b"')
  assert.equal(os.size, 4)
})
