import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openLab } from './lab.ts'

const skip = skipWithout('lab')
const MAIN_PID = 'systemctl show --property=MainPID --value linux-patch-agent'

/** A built agent that does nothing but stay. */
async function idleAgent() {
  const folder = await mkdtemp(join(tmpdir(), 'lab-agent-'))
  const command =
    '#!/bin/sh\nexec /usr/lib/linux-patch-agent/node /usr/lib/linux-patch-agent/agent.mjs\n'
  await writeFile(join(folder, 'agent.mjs'), 'setInterval(() => {}, 1000)')
  await writeFile(join(folder, 'linux-patch-agent'), command)
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

test(
  'the agent runs as a service: it is there after kill -9 and after a reboot',
  { skip },
  async () => {
    await using agent = await idleAgent()
    await using lab = await openLab({ hosts: ['web'], base: 'debian-12' })
    const { web } = lab.hosts
    await web.installAgent(agent.folder)
    assert.equal(await web.sh(MAIN_PID), '0')

    await web.startAgent()
    const pid = await web.sh(MAIN_PID)
    await web.kill('SIGKILL')
    await web.sh(
      `until [ "$(${MAIN_PID})" != ${pid} ] && [ "$(${MAIN_PID})" != 0 ]; do sleep 0.1; done`,
    )

    await web.reboot()
    assert.equal(await web.sh('systemctl is-active linux-patch-agent'), 'active')
    assert.equal(
      await web.sh('stat -c %a /etc/linux_patch_api /var/lib/linux_patch_api'),
      '700\n700',
    )
  },
)

test('what the agent starts in a unit of its own outlives it', { skip }, async () => {
  await using agent = await idleAgent()
  await using lab = await openLab({ hosts: ['web'], base: 'debian-12' })
  const { web } = lab.hosts
  await web.installAgent(agent.folder)
  await web.startAgent()

  // The sandbox of the service must not keep its children from reaching systemd.
  const inService = `nsenter -t $(${MAIN_PID}) -m systemd-run --unit=lab-job sleep 60`
  await web.sh(inService)
  await web.sh('systemctl stop linux-patch-agent')
  assert.equal(await web.sh('systemctl is-active lab-job'), 'active')
})
