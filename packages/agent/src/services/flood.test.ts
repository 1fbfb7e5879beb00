import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { call, ended, hasStarted, testAgent, wanting } from './agent.test.kit.ts'
import { say, testHost } from './host.test.kit.ts'

const MIB = 1024 * 1024
const yes = (bytes: number) => 'y\n'.repeat(bytes / 2)

function databaseBytes(folder: string) {
  const files = ['agent.db', 'agent.db-wal'].map((name) => join(folder, name))
  return files.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0)
}

const ways: [how: string, parts: number][] = [
  ['at once', 1],
  ['in parts', 24],
]
for (const [how, parts] of ways)
  test(`12 MB of short lines ${how} hold nobody up and leave a small database`, async () => {
    using host = testHost()
    host.phases.set('install', () => undefined)
    await using agent = testAgent(host)
    const { job_id } = await agent.jobs.install(wanting('nginx'), call())
    await hasStarted(host, 'install')
    const text = yes((12 * MIB) / parts)
    const before = process.threadCpuUsage()
    for (let part = 0; part < parts; part += 1) {
      say(host.unit('install'), text)
      await wait(20)
    }
    const { user, system } = process.threadCpuUsage(before)
    const busy_ms = (user + system) / 1000
    assert.ok(databaseBytes(host.folder) < 5 * MIB, `${databaseBytes(host.folder)} bytes`)
    assert.ok(busy_ms < 1000, `${busy_ms} milliseconds`)

    say(host.unit('install'), 'the end\n')
    host.work(host.unit('install'))
    host.end(host.unit('install'))
    await ended(agent, job_id)
    const messages = agent.jobs.get({ job_id }).logs.map(({ message }) => message)
    assert.ok(messages.includes('the end'))
    assert.ok(messages.some((message) => /of output were left out/.test(message)))
  })
