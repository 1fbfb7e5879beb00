import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHECKOUT } from '../lab/places.ts'
import { run } from '../lab/run.ts'
import { skipWithout } from '../needs.ts'
import { openFleet, type Fleet } from './fleet.ts'

const skip = skipWithout('lab') || skipWithout('openssl') || skipWithout('curl')

/** The shell examples of the runbook about an agent that is called by itself. */
function examples(): string[] {
  const text = readFileSync(join(CHECKOUT, 'docs/runbooks/install.md'), 'utf8')
  const [, part = ''] = /\*\*An agent by itself\.\*\*([^]*?)\n## The agent/.exec(text) ?? []
  return [...part.matchAll(/```sh\n([^]*?)```/g)].map(([, script = '']) => script)
}

/** What an example prints, as a person would run it on the manager's machine. */
async function tried({ manager, hosts: { web } }: Fleet<'web'>, script: string) {
  const before = `cd '${manager.folder}'
    manager='${manager.url}' token='${manager.access_token}'
    curl -sSk "$manager/api/v1/ca/root.crt" -o manager-ca.pem`
  const here = script.replace('web.example', web.address)
  return run(['/bin/sh', '-euc', `host=https://${web.address}:12443\n${before}\n${here}`])
}

test('an operator calls an agent with a certificate in its own name', { skip }, async (t) => {
  await using fleet = await openFleet(['web'])
  const [byRequest = '', byFile = ''] = examples()
  const hostname = (answer: string) =>
    (JSON.parse(answer) as { data: { hostname: string } }).data.hostname

  await t.test('with curl, and a key that never left its place', async () => {
    assert.equal(hostname(await tried(fleet, byRequest)), 'web')
  })
  await t.test('with curl, and a PKCS #12 file', async () => {
    assert.equal(hostname(await tried(fleet, byFile)), 'web')
  })
  await t.test('and the host keeps on record who it was', async () => {
    await tried(
      fleet,
      byFile.replace('/api/v1/system/info"', '/api/v1/system/config/reload" -X POST'),
    )
    const log = await fleet.hosts.web.read('/var/lib/linux_patch_api/audit.log')
    assert.match(log, /urn:lpm:operator:ann/)
  })
  await t.test('but not from an address that the host does not let in', async () => {
    await fleet.hosts.web.write('/etc/linux_patch_api/whitelist.yaml', 'entries: []\n')
    await fleet.hosts.web.sh('systemctl restart linux-patch-agent; sleep 1')
    await assert.rejects(tried(fleet, byFile))
  })
})
