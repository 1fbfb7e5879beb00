import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@linux-patch/shared/client'
import { managerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { readConfig } from '../config.ts'
import { asker, type Sent } from '../http/asker.test.kit.ts'
import type { Log } from '../log.ts'
import { cheaplyHashed } from '../services/sign-in/passwords.test.kit.ts'
import { open } from './open.ts'
import { serveManager } from './serve.ts'

type Options = {
  /** Of another manager: this one starts over its database, with its keys. */
  folder?: string
  page_folder?: string
  /** As they would stand in the configuration file. */
  settings?: Record<string, unknown>
  /** Since when it has been running, by its own clock. */
  started_days_ago?: number
  renew_every_ms?: number
}

export type Manager = Awaited<ReturnType<typeof manager>>

/** For tests only: a whole manager in this process, on 127.0.0.1, with a clock that can be put forward. */
export async function manager({
  folder,
  page_folder,
  settings = {},
  started_days_ago = 0,
  renew_every_ms,
}: Options = {}) {
  const state_folder = folder ?? (await mkdtemp(join(tmpdir(), 'lpm-manager-')))
  const config = await configIn(state_folder, settings)
  const clock = { ahead_ms: -started_days_ago * 24 * 3_600_000 }
  const now = () => new Date(Date.now() + clock.ahead_ms)
  const log = keptLog()
  const shown: string[] = []
  const opened = await open({ config, show: (line) => shown.push(line), log, now })
  const serving = await serveManager({
    config,
    opened,
    page_folder: page_folder ?? join(state_folder, 'page'),
    version: '0.0.0',
    log,
    now,
    renew_every_ms,
  })
  const asks = asker(`https://127.0.0.1:${serving.port}`, opened.authority.root_pem)
  const password = () => shown.join('').split(' ').at(-1) ?? ''
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= serving.stop())

  return {
    ...opened,
    stores: opened.database.stores,
    config,
    folder: state_folder,
    port: serving.port,
    agents_port: serving.agents_port,
    urls: serving.urls,
    live: serving.live,
    now,
    log,
    password: password(),
    ask: asks.ask,
    fetch: asks.fetch,
    /** The typed client, as whoever the token belongs to, or as nobody. */
    as: (token?: string, sent: Sent = {}) =>
      client(managerApi, asks.transport(token, sent), unwrapBare),
    /** A token of a new session of the administrator. */
    async signIn() {
      const nobody = client(managerApi, asks.transport(), unwrapBare)
      return (await nobody.login({ username: 'admin', password: password() })).access_token
    },
    /** A new person of this role, who takes care of these groups, signed in. His password costs little to check. */
    async person(role: string, { group_ids = [] }: { group_ids?: string[] } = {}) {
      const username = `${role}-${randomUUID()}`
      const own = { username, password: randomUUID() }
      const { users, groups } = opened.database.stores
      const { id } = await users.add({
        username,
        password_hash: cheaplyHashed(own.password),
        role,
        must_change_password: false,
        created_at: now().toISOString(),
      })
      for (const group_id of group_ids) await groups.addUser(id, group_id)
      const nobody = client(managerApi, asks.transport(), unwrapBare)
      return { ...own, id, token: (await nobody.login(own)).access_token }
    },
    pass: (ms: number) => void (clock.ahead_ms += ms),
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await asks.close()
      if (!folder) await rm(state_folder, { recursive: true })
    },
  }
}

async function configIn(state_folder: string, settings: Record<string, unknown>) {
  const config_file = join(state_folder, 'config.yaml')
  const first_administrator = { must_change_password: false }
  const listen = { address: '127.0.0.1', port: 0 }
  const agents_listen = listen
  const rate_limits = {
    sign_in: 1000,
    refresh: 1000,
    sso: 1000,
    sso_logout: 1000,
    enroll: 1000,
    enroll_status: 1000,
    settings_test: 1000,
  }
  const usual = {
    listen,
    agents_listen,
    first_administrator,
    rate_limits,
    outbound_addresses: ['127.0.0.1'],
  }
  await writeFile(config_file, JSON.stringify({ ...usual, ...settings }))
  return readConfig({ config_file, state_folder, master_key_file: null, database_url: null })
}

/** What would be printed, by level. */
function keptLog() {
  const lines: { level: keyof Log; text: string }[] = []
  const keep =
    (level: keyof Log) =>
    (...said: unknown[]) =>
      void lines.push({ level, text: said.map(wordy).join(' ') })
  const log = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
  return {
    ...(log as Log),
    /** What was said at this level. */
    said: (level: keyof Log) =>
      lines.filter((line) => line.level === level).map(({ text }) => text),
    everything: () => lines.map(({ text }) => text).join('\n'),
  }
}

const wordy = (said: unknown) =>
  typeof said === 'string' ? said : JSON.stringify(said, (_key, value) => readable(value))

const readable = (value: unknown): unknown => (value instanceof Error ? value.stack : value)
