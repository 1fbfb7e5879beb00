import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SystemInfo } from '@linux-patch/shared/agent-api/system'
import { parseOsRelease, systemService } from './system.ts'

const apt = (reasons: string[]) => ({ name: 'apt' as const, rebootReasons: async () => reasons })

test('this very host says what it is', async () => {
  const info = await systemService({ packageManager: apt([]) }).info()
  assert.doesNotThrow(() => SystemInfo.parse(info))
  assert.equal(info.api_version, '1.0.0')
  assert.ok(info.uptime_seconds >= 0)
  assert.match(info.boot_id, /^[0-9a-f-]{36}$/)
})

test('a host that should reboot says why', async () => {
  const { info } = systemService({ packageManager: apt(['libc6 was updated']) })
  const { pending_reboot, reboot_reasons } = await info()
  assert.deepEqual([pending_reboot, reboot_reasons], [true, ['libc6 was updated']])
  const fine = await systemService({ packageManager: apt([]) }).info()
  assert.deepEqual([fine.pending_reboot, fine.reboot_reasons], [false, []])
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

test('values of os-release come back as they were quoted, and no text makes it throw', () => {
  const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/)
  const value = fc.stringMatching(/^[ -~]{0,20}$/)
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.string(), (values, junk) => {
      const lines = Object.entries(values).map(
        ([key, text]) => `${key}="${text.replaceAll(/["$`\\]/g, '\\$&')}"`,
      )
      const found = parseOsRelease(['# a comment', ...lines, 'not a line'].join('\n'))
      assert.deepEqual(Object.fromEntries(found), { ...values })
      parseOsRelease(junk)
    }),
  )
})
