import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { engines } from './engines.test.kit.ts'
import { openDatabase, type Database } from './open.ts'
import { addHosts, addJob, at, newCertificate, newHost } from './samples.test.kit.ts'

const claimer = fileURLToPath(new URL('claimer.test.kit.ts', import.meta.url))
const manager = (url: string, owner: string) =>
  promisify(execFile)(process.execPath, [claimer, url, owner])

const withoutJobsThatFollow = [
  'drop index job_by_parent',
  'alter table job drop column parent_job_id',
  'alter table job drop column purge',
  ...['expected_digest', 'asked_at', 'cancel_requested_at', 'cancel_refused', 'rollback'].map(
    (column) => `alter table job_host drop column ${column}`,
  ),
]

/** The table as it was, with two hosts' certificates; the second host has a key that was the first one's. */
const olderCertificates = (text: string, [a = '', b = '']: string[]) => [
  ...['certificate', 'certificate_key', 'revocation_list', 'authority_root'].map(
    (table) => `drop table ${table}`,
  ),
  `create table certificate (
    id ${text} not null primary key, host_id ${text} references host (id), kind ${text} not null,
    serial ${text} not null unique, subject ${text} not null, sans ${text} not null,
    fingerprint ${text} not null unique, spki_hash ${text} not null, status ${text} not null,
    not_before ${text} not null, not_after ${text} not null, cert_pem ${text} not null,
    issued_by ${text}, created_at ${text} not null, fetched_at ${text})`,
  "create unique index one_identity_per_key on certificate (spki_hash) where status = 'active'",
  'create index certificate_by_host on certificate (host_id)',
  ...[
    ['1', a, 'shared', 'superseded', null],
    ['2', a, 'own', 'active', at(3)],
    ['3', b, 'shared', 'active', null],
  ].map(
    ([number, host, key, status, fetched]) => `
      insert into certificate values ('id-${number}', '${host}', 'agent', '4${number}', 's', 'n',
        'f${number}', '${key}', '${status}', '${at(0)}', '${at(9)}', 'pem', null, '${at(1)}',
        ${fetched === null ? 'null' : `'${fetched}'`})`,
  ),
]

const all = async ({ stores }: Database) =>
  (await stores.hosts.list({ scope: 'all', sort: 'name', order: 'asc', limit: 10, offset: 0 })).rows

for (const { name, skip, open, place } of engines) {
  test(`${name}: managers that start at once make the tables once`, { skip }, async () => {
    const { url, remove } = await place()
    await Promise.all(['a', 'b', 'c', 'd'].map((owner) => manager(url, owner)))
    const database = await openDatabase(url)
    assert.equal(await database.stores.users.count(), 0)
    await database.close()
    await remove()
  })

  test(`${name}: what was stored is there when it is opened again`, { skip }, async () => {
    await using first = await open()
    await first.stores.hosts.add(newHost(1))
    await using again = {
      ...(await openDatabase(first.url)),
      [Symbol.asyncDispose]: () => again.close(),
    }
    assert.equal((await all(again)).length, 1)
  })

  test(`${name}: a database that a newer version made is left alone`, { skip }, async () => {
    await using newer = await open()
    await newer.run(`insert into kysely_migration values ('9999-later', '${at(0)}')`)
    await assert.rejects(openDatabase(newer.url), /The database was made by a newer version\./)
  })

  test(`${name}: a host that an older version reached has its certificate`, { skip }, async () => {
    await using older = await open()
    const [reached = '', never = ''] = await addHosts(older.stores, 2)
    await older.stores.hosts.update(reached, { last_seen_at: at(1) })
    await older.stores.certificates.add(newCertificate(1, reached))
    await older.stores.certificates.add(newCertificate(2, never))
    await older.run('alter table certificate drop column fetched_at')
    await older.redo('0002-certificate-fetched')
    const { hosts } = older.stores
    assert.equal((await hosts.get(reached, 'all')).certificate_fetched_at, at(0))
    assert.equal((await hosts.get(never, 'all')).certificate_fetched_at, null)
  })

  test(
    `${name}: a host that an older version was at work on may have been asked`,
    { skip },
    async () => {
      await using older = await open()
      const { jobs } = older.stores
      const host_ids = await addHosts(older.stores, 2)
      const running = await addJob(older.stores, [host_ids[0]!])
      const claim = { owner: 'older', now: at(1), lease_until: at(60), limit: 9 }
      assert.equal((await jobs.claim(claim)).length, 1)
      const queued = await addJob(older.stores, [host_ids[1]!])
      for (const statement of withoutJobsThatFollow) await older.run(statement)
      await older.redo('0003-jobs-that-follow')
      await jobs.cancel(running, { now: at(2), message: 'In time.' })
      await jobs.cancel(queued, { now: at(2), message: 'In time.' })
      const statusOf = async (id: string) => (await jobs.get(id, 'all')).hosts[0]?.status
      assert.deepEqual([await statusOf(running), await statusOf(queued)], ['pending', 'cancelled'])
    },
  )

  test(
    `${name}: certificates that an older version issued are kept, with their keys`,
    { skip },
    async () => {
      await using older = await open()
      const { certificates } = older.stores
      const [a = '', b = ''] = await addHosts(older.stores, 2)
      const text = name === 'sqlite' ? 'text' : 'text collate "C"'
      for (const statement of olderCertificates(text, [a, b])) await older.run(statement)
      await older.redo('0004-certificates-that-end')

      const { rows } = await certificates.list({ limit: 9, offset: 0 })
      assert.deepEqual(
        rows.map(({ serial, status, fetched_at, root }) => [serial, status, fetched_at, root]),
        [
          ['43', 'active', null, null],
          ['42', 'active', at(3), null],
          ['41', 'superseded', null, null],
        ],
      )
      const again = { ...newCertificate(4, a), spki_hash: 'shared' }
      await assert.rejects(certificates.add(again), /another identity/)
      await certificates.supersede(b, at(5))
      await certificates.add({ ...again, host_id: b })
    },
  )

  test(`${name}: of an account of an older version no age is told`, { skip }, async () => {
    await using older = await open()
    const { users, accounts } = older.stores
    const about = { password_hash: '', role: 'viewer', must_change_password: false }
    const [old, young] = [
      await users.add({ ...about, username: 'old', created_at: '1970-01-01T00:00:00.000Z' }),
      await users.add({ ...about, username: 'young', created_at: at(7) }),
    ]
    await older.redo('0017-ages-of-accounts')
    assert.equal((await accounts.get(old.id)).created_at, null)
    assert.equal((await accounts.get(young.id)).created_at, at(7))
    const again = await users.add({ ...about, username: 'again', created_at: at(8) })
    assert.equal(again.created_at, at(8))
  })

  test(`${name}: a transaction that fails leaves nothing`, { skip }, async () => {
    await using db = await open()
    const work = db.transaction(async ({ hosts, secrets }) => {
      await hosts.add(newHost(1))
      await secrets.addOnce('a', 'sealed')
      throw new Error('the power failed')
    })
    await assert.rejects(work, /the power failed/)
    assert.deepEqual(await all(db), [])
    assert.equal(await db.stores.secrets.find('a'), undefined)
  })

  test(`${name}: text that means something elsewhere is only text here`, { skip }, async () => {
    await using db = await open()
    const [id = ''] = await addHosts(db.stores, 1)
    const texts = [`'; drop table host; --`, '"', '\\', '%_', '{"a":1}', '$1 ?', '🙂', 'ß İ', '']
    for (const text of texts) {
      await db.stores.hosts.update(id, { last_failure: text })
      assert.equal((await db.stores.hosts.get(id, 'all')).last_failure, text)
    }
  })

  test(
    `${name}: what no database can keep of a text is replaced, not refused`,
    { skip },
    async () => {
      await using db = await open()
      const [id = ''] = await addHosts(db.stores, 1)
      await db.stores.hosts.update(id, { last_failure: 'a\0b \uD800 c' })
      assert.equal((await db.stores.hosts.get(id, 'all')).last_failure, 'a\uFFFDb \uFFFD c')
    },
  )

  test(`${name}: answers a ping until it is closed`, { skip }, async () => {
    const { url, remove } = await place()
    const { ping, close } = await openDatabase(url)
    await ping()
    await close()
    await assert.rejects(ping())
    await remove()
  })
}

test('a database that is named in another way is refused with the ways there are', async () => {
  await assert.rejects(openDatabase('mysql://host/x'), /sqlite:\/a\/path or postgres:/)
})

test('sqlite: its file is for its owner alone', async () => {
  await using db = await engines[0]!.open()
  assert.equal(statSync(db.url.replace('sqlite:', '')).mode & 0o777, 0o600)
})

test('sqlite: a database in memory is as good as any', async () => {
  const { stores, close } = await openDatabase('sqlite::memory:')
  assert.equal(await stores.users.count(), 0)
  await close()
})

test('sqlite: a transaction that the database ended by itself says why', async () => {
  await using db = await engines[0]!.open()
  await db.run(`create trigger full before insert on host
    begin select raise(rollback, 'the disk is full'); end`)
  await assert.rejects(
    db.transaction((stores) => stores.hosts.add(newHost(1))),
    /^SqliteError: the disk is full$/,
  )
})

test(
  'postgres: a connection that breaks at work fails that work alone',
  {
    skip: engines[1]!.skip,
  },
  async () => {
    await using db = await engines[1]!.open()
    const work = db.transaction(async (stores) => {
      await db.run(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`)
      await stores.users.count()
    })
    await assert.rejects(work)
    await db.ping()
  },
)
