import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import { openDatabase } from '../open.ts'
import { addHosts, addJob, at } from '../samples.test.kit.ts'

const claimer = fileURLToPath(new URL('../claimer.test.kit.ts', import.meta.url))
const run = promisify(execFile)
const HOSTS = 20
const JOBS = 15

/** What each of several processes had in its hands, and when. */
async function race(url: string, owners: string[]) {
  const ended = await Promise.all(
    owners.map((owner) => run(process.execPath, [claimer, url, owner])),
  )
  const lines = ended.flatMap(({ stdout }) => stdout.trim().split('\n').filter(Boolean))
  return lines.map((line) => {
    const [id = '', host_id = '', from = '', until = ''] = line.split(' ')
    return { id, host_id, from: BigInt(from), until: BigInt(until) }
  })
}

for (const { name, skip, open } of engines) {
  test(`${name}: managers at once take every part once, and one per host`, { skip }, async () => {
    await using db = await open()
    const hosts = await addHosts(db.stores, HOSTS)
    const jobs: string[] = []
    for (let count = 0; count < JOBS; count++) jobs.push(await addJob(db.stores, hosts))

    const held = await race(db.url, ['a', 'b', 'c'])
    assert.equal(held.length, HOSTS * JOBS)
    assert.equal(new Set(held.map(({ id }) => id)).size, HOSTS * JOBS)
    for (const parts of Map.groupBy(held, ({ host_id }) => host_id).values()) {
      const inOrder = parts.toSorted((a, b) => Number(a.from - b.from))
      for (const [index, { until }] of inOrder.entries())
        assert.ok(until <= (inOrder[index + 1]?.from ?? until), 'two parts on one host at once')
    }
    for (const id of jobs) assert.equal((await db.stores.jobs.get(id, 'all')).status, 'completed')
  })

  test(
    `${name}: what a manager was killed half-way through claiming is still there`,
    { skip },
    async () => {
      await using db = await open()
      const id = await addJob(db.stores, await addHosts(db.stores, 2))
      const dying = `
      const { openDatabase } = await import(${JSON.stringify(new URL('../open.ts', import.meta.url).href)})
      const { transaction } = await openDatabase(${JSON.stringify(db.url)})
      await transaction(async ({ jobs }) => {
        const claim = { owner: 'x', now: ${JSON.stringify(at(1))}, lease_until: ${JSON.stringify(at(60))}, limit: 9 }
        if ((await jobs.claim(claim)).length !== 2) throw new Error('Nothing to claim.')
        process.kill(process.pid, 'SIGKILL')
      })`
      await assert.rejects(run(process.execPath, ['--input-type=module', '-e', dying]), {
        signal: 'SIGKILL',
      })
      assert.equal((await db.stores.jobs.get(id, 'all')).status, 'queued')
      const claim = { owner: 'y', now: at(1), lease_until: at(60), limit: 9 }
      // The server notices a moment later that the process is gone; until then its rows are passed over.
      let taken = await db.stores.jobs.claim(claim)
      for (let tries = 0; tries < 100 && taken.length === 0; tries++) {
        await wait(50)
        taken = await db.stores.jobs.claim(claim)
      }
      assert.equal(taken.length, 2)
    },
  )
}

const postgres = engines.find(({ name }) => name === 'postgres')!
test(
  'postgres: many who claim at the same moment share what there is',
  { skip: postgres.skip },
  async () => {
    await using db = await postgres.open()
    await addJob(db.stores, await addHosts(db.stores, 40))
    const others = await Promise.all([1, 2, 3].map(() => openDatabase(db.url)))
    const claims = [db, ...others].flatMap(({ stores }, owner) =>
      [1, 2, 3].map(() =>
        stores.jobs.claim({ owner: `${owner}`, now: at(1), lease_until: at(60), limit: 5 }),
      ),
    )
    const parts = (await Promise.all(claims)).flat()
    assert.equal(new Set(parts.map(({ id }) => id)).size, parts.length)
    for (const { close } of others) await close()
  },
)
