import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

type Server = { folder: string; process: ChildProcess }

const PREFIX = 'lpm-postgres-'
/** For tests only: what a crash would lose need not be written through, and little needs little. */
const settings = [
  'fsync=off',
  'full_page_writes=off',
  'autovacuum=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'listen_addresses=',
]

/** A PostgreSQL of this test process alone, started when it is first asked for, gone when the tests end. */
export function postgresServer() {
  let starting: Promise<Server> | undefined
  let databases = 0
  after(async () => starting && stop(await starting))

  return {
    async place() {
      starting ??= start()
      const { folder } = await starting
      const name = `test_${++databases}`
      await query(folder, `create database ${name}`)
      return {
        url: urlOf(folder, name),
        remove: () => Promise.resolve(), // It all goes with the server.
      }
    },
  }
}

async function start(): Promise<Server> {
  await sweep()
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const { programs, as } = howToRun(folder)
  const data = join(folder, 'data')
  // With a locale of all letters, as it has elsewhere.
  const letters = ['-E', 'UTF8', '--locale', 'C.UTF-8']
  const asked = ['-D', data, '-U', 'test', '-A', 'trust', ...letters, '--no-sync']
  await promisify(execFile)(join(programs, 'initdb'), asked, as)

  const options = settings.flatMap((setting) => ['-c', setting])
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, ...options], {
    ...as,
    stdio: 'ignore',
  })
  server.unref() // The tests end when they have nothing more to do; then it is stopped.
  await ready(folder, server)
  return { folder, process: server }
}

async function ready(folder: string, server: ChildProcess) {
  for (let tries = 0; tries < 200 && server.exitCode === null; tries++) {
    try {
      return await query(folder, 'select 1')
    } catch {
      await wait(50)
    }
  }
  throw new Error(`PostgreSQL did not start in ${folder}.`)
}

async function stop({ folder, process: server }: Server) {
  server.ref()
  const ended = server.exitCode === null ? once(server, 'exit') : undefined
  server.kill('SIGQUIT')
  await ended
  rmSync(folder, { recursive: true, force: true })
}

/** It refuses to run as root, so root runs it as somebody else. */
function howToRun(folder: string) {
  const programs = dirname(globSync('/usr/lib/postgresql/*/bin/initdb').toSorted().at(-1) ?? '')
  if (process.getuid?.() !== 0) return { programs, as: { cwd: folder } }
  const users = readFileSync('/etc/passwd', 'utf8')
  const [, uid, gid] = /^(?:postgres|nobody):[^:]*:(\d+):(\d+):/m.exec(users) ?? []
  const as = { cwd: folder, uid: Number(uid), gid: Number(gid) }
  chownSync(folder, as.uid, as.gid)
  return { programs, as }
}

/** Ends what a test process that was killed has left behind. */
async function sweep() {
  for (const folder of globSync(join(tmpdir(), `${PREFIX}*`))) {
    try {
      if (!isLeft(folder)) continue
      await end(folder)
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another test process is at it as well.
    }
  }
}

function isLeft(folder: string): boolean {
  const user = process.getuid?.()
  const owner = folder.slice(join(tmpdir(), PREFIX).length).split('-')[0]
  return (user === 0 || statSync(folder).uid === user) && !existsSync(`/proc/${owner}`)
}

async function end(folder: string) {
  const pidFile = join(folder, 'data/postmaster.pid')
  const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n')[0] : undefined
  // The number may be another process's by now.
  if (!pid || !existsSync(`/proc/${pid}`) || !commandOf(pid).includes(folder)) return
  process.kill(Number(pid), 'SIGQUIT')
  for (let tries = 0; tries < 100 && existsSync(`/proc/${pid}`); tries++) await wait(50)
}

const commandOf = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')

const urlOf = (folder: string, name: string) =>
  `postgres://test@localhost/${name}?host=${encodeURIComponent(folder)}`

async function query(folder: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(folder, 'postgres') })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
