import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { client, type Transport } from '@linux-patch/shared/client'
import type { Client } from '@linux-patch/shared/contract'
import { managerApi, type ManagerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { Agent, request } from 'undici'
import { stringify } from 'yaml'
import { run } from '../lab/run.ts'

export type Manager = Awaited<ReturnType<typeof startManager>>
export type ManagerOptions = { address?: string; config?: Record<string, unknown> }

const MAIN = new URL('../../packages/manager/src/main.ts', import.meta.url).pathname

/** A manager in a process and a folder of its own, as a person would start it, on the address that hosts can reach. */
export async function startManager({ address = '127.0.0.1', config = {} }: ManagerOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'linux-patch-manager-'))
  const [port, agents_port] = [await freePort(address), await freePort(address)]
  const url = `https://${address}:${port}`
  const file = join(folder, 'config.yaml')
  const settings = {
    listen: { address, port },
    agents_listen: { address, port: agents_port },
    names: [address],
    first_administrator: { must_change_password: false },
    ...config,
  }
  await writeFile(file, stringify(settings))
  const running = processOf(
    [MAIN, 'serve', '--config', file, '--state', folder],
    join(folder, 'log'),
  )
  await running.start()
  await ready(url, join(folder, 'log'))

  const send = transport(url)
  const anyone = client(managerApi, send(), unwrapBare)
  const password = (await readFile(join(folder, 'first-admin-password'), 'utf8')).trim()
  const { access_token } = await anyone.login({ username: 'admin', password })
  const api: Client<ManagerApi> = client(managerApi, send(access_token), unwrapBare)
  const { ca_fingerprint } = await api.getAuthority()

  return {
    url,
    folder,
    password,
    access_token,
    ca_fingerprint,
    /** As the administrator. */
    api,
    /** Without a token. */
    anyone,
    /** As whoever the token belongs to. */
    as: (token: string): Client<ManagerApi> => client(managerApi, send(token), unwrapBare),
    log: () => readFile(join(folder, 'log'), 'utf8'),
    /** Another command of the manager's, beside the one that runs. Answers what it prints. */
    command: (...argv: string[]) =>
      run([process.execPath, MAIN, ...argv, '--config', file, '--state', folder]),
    pid: running.pid,
    kill: running.kill,
    async restart() {
      await running.start()
      await ready(url, join(folder, 'log'))
    },
    async [Symbol.asyncDispose]() {
      await running.kill('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function processOf(argv: string[], log: string) {
  let child: ChildProcess | undefined
  return {
    async start() {
      const output = openSync(log, 'a', 0o600)
      child = spawn(process.execPath, argv, { stdio: ['ignore', output, output] })
      await once(child, 'spawn')
    },
    pid(): number {
      if (child?.pid === undefined) throw new Error('The manager was not started.')
      return child.pid
    },
    async kill(signal: NodeJS.Signals) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    },
  }
}

/** The tests trust what they have started themselves; that hosts do not is a story of its own. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })

const transport =
  (origin: string) =>
  (token?: string): Transport =>
  async ({ method, path, headers, body }) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const options = { method, headers: { ...headers, ...authorization }, body, dispatcher }
    const answer = await request(origin + path, options)
    return { status: answer.statusCode, body: await answer.body.text() }
  }

async function ready(url: string, log: string) {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      const { statusCode, body } = await request(`${url}/health`, { dispatcher })
      await body.dump()
      if (statusCode === 200) return
    } catch (cause) {
      if (Date.now() > deadline)
        throw new Error(`The manager does not start:\n${await readFile(log, 'utf8')}`, { cause })
    }
    await wait(50)
  }
}

export async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
