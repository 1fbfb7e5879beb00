import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import type { JobSelection } from './jobs.ts'
import type { Stores } from '../open.ts'
import { addHosts, addJob, at, newHost, newJob } from '../samples.test.kit.ts'

const chosen: JobSelection = { scope: 'all', order: 'desc', limit: 100, offset: 0 }
const keyed = { idempotency_key: 'a key', request_hash: 'a hash' }
const idsOf = async ({ jobs }: Stores, selection: Partial<JobSelection> = {}) =>
  (await jobs.list({ ...chosen, ...selection })).rows.map(({ id }) => id)

for (const { name, skip, open } of engines) {
  test(
    `${name}: a job is kept with what was asked, and a part for each host`,
    { skip },
    async () => {
      await using db = await open()
      const host_ids = await addHosts(db.stores, 2)
      const packages = [{ name: 'openssl', version: null }]
      const { id, added } = await db.stores.jobs.add({
        scope: 'all',
        job: newJob({ kind: 'install', packages, notes: '50% "off"' }),
        host_ids,
      })
      assert.equal(added, true)
      const { id: _id, hosts, ...rest } = await db.stores.jobs.get(id, 'all')
      assert.deepEqual(rest, {
        kind: 'install',
        parent_job_id: null,
        on_other_hosts: false,
        rollback_job_ids: [],
        related_jobs: [],
        status: 'queued',
        progress_percent: 0,
        host_names: ['web-1.example', 'web-2.example'],
        packages,
        patches: [],
        exclude_packages: [],
        purge: false,
        notes: '50% "off"',
        created_by: 'admin',
        created_at: at(0),
        started_at: null,
        completed_at: null,
      })
      assert.deepEqual(hosts[0], {
        host_id: host_ids[0],
        host_name: 'web-1.example',
        status: 'queued',
        agent_job_id: null,
        cancel_requested_at: null,
        cancel_refused: null,
        progress_percent: 0,
        message: '',
        error_code: null,
        last_error: null,
        reboot_required: null,
        rollback: null,
        changes: [],
        logs: [],
        updated_at: at(0),
        completed_at: null,
      })
    },
  )

  test(
    `${name}: a job for a host that is unknown or retired is not kept at all`,
    { skip },
    async () => {
      await using db = await open()
      const [id = '', gone = ''] = await addHosts(db.stores, 2)
      await db.stores.hosts.retire(gone, 'Sold.', at(1))
      for (const host_ids of [['nonsense'], [id, 'nonsense'], [id, gone]])
        await assert.rejects(db.stores.jobs.add({ scope: 'all', job: newJob(), host_ids }), {
          code: 'not_found',
        })
      assert.deepEqual(await idsOf(db.stores), [])
      await assert.rejects(db.stores.jobs.get('nonsense', 'all'), { code: 'not_found' })
    },
  )

  test(
    `${name}: the same request twice is one job, another under its key is refused`,
    { skip },
    async () => {
      await using db = await open()
      const host_ids = await addHosts(db.stores, 1)
      const { jobs } = db.stores
      const first = await jobs.add({ scope: 'all', job: newJob(keyed), host_ids })
      const again = await jobs.add({ scope: 'all', job: newJob(keyed), host_ids })
      assert.deepEqual(again, { id: first.id, added: false })
      const other = newJob({ ...keyed, request_hash: 'another hash' })
      await assert.rejects(jobs.add({ scope: 'all', job: other, host_ids }), {
        code: 'idempotency_conflict',
      })
      // A key is its owner's: another person's is another key.
      const theirs = await jobs.add({
        scope: 'all',
        job: newJob({ ...keyed, created_by_id: 'b' }),
        host_ids,
      })
      assert.equal(theirs.added, true)
      assert.deepEqual(await jobs.findByKey('admin-id', 'a key'), {
        id: first.id,
        request_hash: 'a hash',
      })
      assert.equal(await jobs.findByKey('admin-id', 'no key'), undefined)
    },
  )

  test(`${name}: the same request many times at once is one job`, { skip }, async () => {
    await using db = await open()
    const host_ids = await addHosts(db.stores, 1)
    const requests = Array.from({ length: 8 }, () =>
      db.transaction(({ jobs }) => jobs.add({ scope: 'all', job: newJob(keyed), host_ids })),
    )
    const answers = await Promise.all(requests)
    assert.equal(answers.filter(({ added }) => added).length, 1)
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1)
  })

  test(`${name}: jobs without a key are all different`, { skip }, async () => {
    await using db = await open()
    const hosts = await addHosts(db.stores, 1)
    const ids = [await addJob(db.stores, hosts), await addJob(db.stores, hosts)]
    assert.deepEqual(await idsOf(db.stores, { order: 'asc' }), ids)
  })

  test(`${name}: jobs are listed by age, status and host, a page at a time`, { skip }, async () => {
    await using db = await open()
    const [a = '', b = ''] = await addHosts(db.stores, 2)
    const one = await addJob(db.stores, [a, b], { created_at: at(1) })
    const two = await addJob(db.stores, [b], { created_at: at(2) })
    assert.deepEqual(await idsOf(db.stores), [two, one])
    assert.deepEqual(await idsOf(db.stores, { host_id: a }), [one])
    assert.deepEqual(await idsOf(db.stores, { status: 'running' }), [])
    assert.deepEqual(await idsOf(db.stores, { limit: 1, offset: 1 }), [one])
    const { rows, total } = await db.stores.jobs.list({ ...chosen, limit: 1 })
    assert.deepEqual([rows[0]?.host_names, total], [['web-2.example'], 2])
  })

  test(`${name}: hosts of a job are sorted as people read them`, { skip }, async () => {
    await using db = await open()
    const hosts = await Promise.all([10, 2, 1].map((n) => db.stores.hosts.add(newHost(n))))
    const host_ids = hosts.map(({ id }) => id)
    const job = await db.stores.jobs.get(await addJob(db.stores, host_ids), 'all')
    assert.deepEqual(job.host_names, ['web-1.example', 'web-2.example', 'web-10.example'])
    const [listed] = (await db.stores.jobs.list(chosen)).rows
    assert.deepEqual(listed?.host_names, job.host_names)
  })
}
