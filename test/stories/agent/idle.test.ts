import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { skipWithout } from '../../needs.ts'
import { cpuTicksOf, ownMemoryOf, pidOf } from '../footprint.ts'
import { openOneHost } from './one-host.ts'

const skip = skipWithout('lab')

test('an agent that has answered everything and waits is small, and asleep', { skip }, async () => {
  await using host = await openOneHost({ packages: ['lab-hello=1.0-1'] })
  const { web, api } = host
  await api.listPackages({ limit: 1000 })
  await api.listPatches({ limit: 1000 })
  // It gives back what it took a few seconds after the last question.
  await wait(8000)

  const pid = await pidOf(web)
  const before = await cpuTicksOf(web, pid)
  await wait(10_000)
  const ticks = (await cpuTicksOf(web, pid)) - before
  const mebibytes = await ownMemoryOf(web, pid)
  assert.ok(mebibytes < 35, `it holds ${mebibytes} MiB`)
  assert.ok(ticks <= 5, `it worked for ${ticks * 10} ms of 10 seconds`)
})
