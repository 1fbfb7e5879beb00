import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnrollmentRequest } from '@linux-patch/shared/enrollment'
import { fullName, identify } from './identity.ts'

test('this very host can say who it is', () => {
  const { machine_id, fqdn, os_details } = EnrollmentRequest.shape
  const said = identify()
  machine_id.parse(said.machine_id)
  fqdn.parse(said.fqdn)
  os_details.parse(said.os_details)
})

test('a short name gets its domain from the hosts file', () => {
  const hosts = '127.0.0.1 localhost\n127.0.1.1\tweb-01.example.org web-01 # us\n'
  assert.equal(fullName('web-01', hosts), 'web-01.example.org')
  assert.equal(fullName('web', hosts), 'web')
  assert.equal(fullName('web-01.test', hosts), 'web-01.test')
  assert.equal(fullName('us', '#127.0.1.1 us.example.org'), 'us')
})
