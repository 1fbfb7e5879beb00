import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines, type TestDatabase } from '../engines.test.kit.ts'
import { addHosts, addJob, at, newJob, nothingDone } from '../samples.test.kit.ts'

const done = (seconds: number) => ({ ...nothingDone, message: 'Done.', now: at(seconds) })
const claimBy = ({ stores }: TestDatabase, owner: string, seconds: number, limit = 10) =>
  stores.jobs.claim({ owner, now: at(seconds), lease_until: at(seconds + 60), limit })

/** A job on so many hosts, and its parts in the hands of `me`. */
async function claimed(db: TestDatabase, count: number) {
  const id = await addJob(db.stores, await addHosts(db.stores, count))
  return { id, parts: await claimBy(db, 'me', 1) }
}

const log = (from: number, count: number, message = 'Unpacking.') =>
  Array.from({ length: count }, (_, index) => ({
    timestamp: at(from + index),
    level: 'info' as const,
    message: `${from + index}: ${message}`,
  }))

for (const { name, skip, open } of engines) {
  test(`${name}: a host works on one part at a time, oldest first`, { skip }, async () => {
    await using db = await open()
    const [a = '', b = ''] = await addHosts(db.stores, 2)
    const one = await addJob(db.stores, [a])
    const two = await addJob(db.stores, [a, b])
    const [first, second] = await claimBy(db, 'me', 1)
    assert.deepEqual([first?.job_id, first?.host_id, first?.status], [one, a, 'pending'])
    assert.deepEqual([second?.job_id, second?.host_id, second?.attempts], [two, b, 1])
    assert.deepEqual(await claimBy(db, 'you', 2), []) // both hosts are busy

    await db.stores.jobs.finish(first!.id, 'me', 'complete', done(3))
    const [third, ...none] = await claimBy(db, 'you', 4)
    assert.deepEqual([third?.job_id, third?.host_id, none], [two, a, []])
  })

  test(`${name}: a part is claimed with the digest that it is bound to`, { skip }, async () => {
    await using db = await open()
    const host_ids = await addHosts(db.stores, 2)
    const expected_digests = { [host_ids[1]!]: 'sha256:2' }
    await db.stores.jobs.add({ scope: 'all', job: newJob(), host_ids, expected_digests })
    const parts = await claimBy(db, 'me', 1)
    assert.deepEqual(
      parts.map(({ expected_digest }) => expected_digest),
      [null, 'sha256:2'],
    )
  })

  test(`${name}: a rollback's part is claimed with the job to take back`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 2)
    const { jobs } = db.stores
    const [one, two] = parts
    const rollback = { possible: true, reason: null }
    await jobs.progress(one!.id, 'me', { agent_job_id: 'theirs', message: '', now: at(2) })
    await jobs.finish(one!.id, 'me', 'complete', { ...done(3), rollback })
    await jobs.finish(two!.id, 'me', 'complete', done(3))
    const host_ids = [one!.host_id]
    const job = newJob({ kind: 'rollback', parent_job_id: id })
    const back = await jobs.add({ scope: 'all', job, host_ids })
    const [part, ...none] = await claimBy(db, 'me', 4)
    assert.deepEqual(
      [part?.kind, part?.parent_agent_job_id, part?.agent_job_id, none],
      ['rollback', 'theirs', null, []],
    )
    const { rollback_job_ids, related_jobs } = await jobs.get(id, 'all')
    assert.deepEqual(rollback_job_ids, [back.id])
    assert.deepEqual(
      related_jobs.map((job) => [job.id, job.kind, job.host_names]),
      [[back.id, 'rollback', ['web-1.example']]],
    )
    const parents = (await jobs.get(back.id, 'all')).related_jobs
    assert.deepEqual(
      parents.map((job) => job.id),
      [id],
    )
    await db.transaction(async ({ jobs }) => {
      assert.equal(await jobs.lock(id), 'completed')
      await assert.rejects(jobs.lock('nonsense'), { code: 'not_found' })
      const lineage = await jobs.lineage(id, 'all')
      assert.deepEqual(
        lineage.map((job) => [
          job.id,
          job.parent_job_id,
          ...job.hosts.map((host) => host.rollback),
        ]),
        [
          [id, null, rollback, null],
          [back.id, id, null],
        ],
      )
      const again = await addJob({ ...db.stores, jobs }, host_ids, { parent_job_id: back.id })
      assert.deepEqual(
        (await jobs.lineage(id, 'all')).map((job) => job.id),
        [id, back.id, again],
      )
      assert.deepEqual(await jobs.lineage('nonsense', 'all'), [])
    })
  })

  test(
    `${name}: cancelled parts end at once, but for those that a host may have`,
    { skip },
    async () => {
      await using db = await open()
      const id = await addJob(db.stores, await addHosts(db.stores, 3))
      const { jobs } = db.stores
      const [one, two] = await claimBy(db, 'me', 1, 2)
      assert.equal(await jobs.ask(one!.id, 'me', at(2)), true)
      assert.equal(await jobs.ask(one!.id, 'me', at(3)), true)
      assert.equal(await jobs.cancel(id, { now: at(4), message: 'In time.' }), 3)

      assert.equal(await jobs.ask(two!.id, 'me', at(5)), false)
      const held = await jobs.renew([one!.id, two!.id], 'me', at(9))
      assert.deepEqual(held, [{ id: one!.id, cancel_requested_at: at(4) }])
      const { status, hosts } = await jobs.get(id, 'all')
      assert.deepEqual(
        [status, ...hosts.map((host) => [host.status, host.completed_at, host.message])],
        [
          'running',
          ['pending', null, ''],
          ['cancelled', at(4), 'In time.'],
          ['cancelled', at(4), 'In time.'],
        ],
      )
      assert.equal(await jobs.cancel(id, { now: at(6), message: 'In time.' }), 1)
      const [again] = await claimBy(db, 'you', 10)
      assert.deepEqual([again?.asked_at, again?.cancel_requested_at], [at(2), at(4)])
      assert.equal(await jobs.refuseCancel(one!.id, 'you', at(3), 'Never.'), false)
      assert.equal(await jobs.refuseCancel(one!.id, 'you', at(4), 'No.'), true)
      assert.equal((await jobs.get(id, 'all')).hosts[0]?.cancel_refused, 'No.')
      assert.equal(await jobs.cancel(id, { now: at(10), message: 'In time.' }), 1)
      const [host] = (await jobs.get(id, 'all')).hosts
      assert.deepEqual([host?.cancel_refused, host?.cancel_requested_at], [null, at(10)])

      const unheard = { message: 'Not reached.', isUnheard: true }
      assert.equal(await jobs.release(one!.id, 'me', at(99), unheard), false)
      assert.equal(await jobs.release(one!.id, 'you', at(99), unheard), true)
      const [now] = await claimBy(db, 'her', 11)
      assert.deepEqual([now?.id, now?.asked_at], [one!.id, null])
      assert.equal(await jobs.cancel(id, { now: at(11), message: 'In time.' }), 1)
      assert.equal((await jobs.get(id, 'all')).status, 'cancelled')
      assert.equal(await jobs.cancel(id, { now: at(12), message: 'In time.' }), 0)
    },
  )

  test(`${name}: no more parts are taken than asked for`, { skip }, async () => {
    await using db = await open()
    await addJob(db.stores, await addHosts(db.stores, 5))
    assert.equal((await claimBy(db, 'me', 1, 2)).length, 2)
    assert.equal((await claimBy(db, 'me', 1, 10)).length, 3)
  })

  test(
    `${name}: who falls silent loses the part, and says no more about it`,
    { skip },
    async () => {
      await using db = await open()
      const { parts } = await claimed(db, 1)
      const id = parts[0]!.id
      const { jobs } = db.stores
      await jobs.progress(id, 'me', {
        status: 'running',
        agent_job_id: 'j',
        message: '',
        now: at(2),
      })
      assert.deepEqual(await claimBy(db, 'you', 61), [])
      const [taken] = await claimBy(db, 'you', 62)
      assert.deepEqual([taken?.id, taken?.status, taken?.agent_job_id], [id, 'running', 'j'])
      assert.equal(taken?.claimed_at, at(1))

      assert.deepEqual(await jobs.renew([id], 'me', at(999)), [])
      assert.equal(await jobs.progress(id, 'me', { message: 'x', now: at(63) }), false)
      assert.equal(await jobs.release(id, 'me', at(63)), false)
      assert.equal(await jobs.finish(id, 'me', 'fail', done(63)), false)
      assert.deepEqual(await jobs.renew([id], 'you', at(999)), [{ id, cancel_requested_at: null }])
      assert.deepEqual(await claimBy(db, 'me', 998), [])
    },
  )

  test(`${name}: a part that was given back waits until it is due`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 1)
    const why = { message: 'Not reached.', isUnheard: false }
    assert.equal(await db.stores.jobs.release(parts[0]!.id, 'me', at(30), why), true)
    assert.equal((await db.stores.jobs.get(id, 'all')).hosts[0]?.message, 'Not reached.')
    assert.deepEqual(await claimBy(db, 'you', 29), [])
    const [again] = await claimBy(db, 'you', 30)
    assert.deepEqual([again?.id, again?.attempts], [parts[0]!.id, 2])
  })

  test(`${name}: a job goes as far as its parts go`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 2)
    const [a, b] = parts
    const { jobs } = db.stores
    const seen = async () => {
      const { status, progress_percent, started_at, completed_at } = await jobs.get(id, 'all')
      return [status, progress_percent, started_at, completed_at]
    }
    assert.deepEqual(await seen(), ['running', 0, at(1), null])
    await jobs.progress(a!.id, 'me', { progress_percent: 50, message: 'Half.', now: at(2) })
    assert.deepEqual(await seen(), ['running', 25, at(1), null])
    await jobs.finish(a!.id, 'me', 'complete', done(3))
    assert.deepEqual(await seen(), ['running', 50, at(1), null])
    await jobs.finish(b!.id, 'me', 'fail', { ...done(4), error_code: 'PKG_MANAGER_ERROR' })
    assert.deepEqual(await seen(), ['partial', 100, at(1), at(4)])
  })

  test(`${name}: how a part ended is kept, and never changed`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 1)
    const { jobs } = db.stores
    const part = parts[0]!.id
    const change = {
      name: 'openssl',
      action: 'upgrade' as const,
      version_before: '1',
      version_planned: '2',
      version_after: '1',
      outcome: 'not_done' as const,
    }
    const failed = { ...done(5), changes: [change], reboot_required: true, last_error: "it's\0" }
    assert.equal(await jobs.finish(part, 'me', 'fail', failed), true)
    assert.equal(await jobs.finish(part, 'me', 'complete', done(6)), false)
    assert.equal(await jobs.progress(part, 'me', { message: 'x', now: at(6) }), false)
    assert.deepEqual(await claimBy(db, 'you', 999), [])
    const [host] = (await jobs.get(id, 'all')).hosts
    assert.deepEqual(
      [host?.status, host?.changes, host?.reboot_required, host?.last_error, host?.completed_at],
      ['failed', [change], true, "it's\uFFFD", at(5)],
    )
  })

  test(`${name}: the last parts of a job may end at the same moment`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 8)
    await Promise.all(
      parts.map((part) => db.stores.jobs.finish(part.id, 'me', 'complete', done(5))),
    )
    const { status, progress_percent, completed_at } = await db.stores.jobs.get(id, 'all')
    assert.deepEqual([status, progress_percent, completed_at], ['completed', 100, at(5)])
  })

  test(`${name}: a log that is sent again, whole or in part, is kept once`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 1)
    const part = parts[0]!.id
    const { jobs } = db.stores
    assert.equal(await jobs.appendLogs(part, log(3, 2), 3), 5)
    assert.equal(await jobs.appendLogs(part, log(0, 5), 0), 5)
    assert.equal(await jobs.appendLogs(part, log(4, 2), 4), 6)
    await Promise.all([1, 2, 3].map(() => jobs.appendLogs(part, log(0, 9), 0)))
    assert.deepEqual((await jobs.get(id, 'all')).hosts[0]?.logs, log(0, 9))
    await assert.rejects(jobs.appendLogs('none', log(0, 1), 0), { code: 'not_found' })
  })

  test(`${name}: a log without end is cut, and says so`, { skip }, async () => {
    await using db = await open()
    const { id, parts } = await claimed(db, 1)
    const part = parts[0]!.id
    const { jobs } = db.stores
    const tenth = 'x'.repeat(104_857)
    for (let from = 0; from < 14; from++) await jobs.appendLogs(part, log(from, 1, tenth), from)
    await jobs.appendLogs(part, log(0, 14, tenth), 0)
    const logs = (await jobs.get(id, 'all')).hosts[0]?.logs ?? []
    assert.equal(logs.length, 10)
    assert.equal(logs.at(-1)?.message, 'The log is too long; its rest is left out.')
  })
}
