import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { stringify } from 'yaml'
import { until } from '../../test/stories/until.ts'
import { signIn } from './api.ts'

/** Where the page is; DEMO_PORT names another place where that one is taken. */
export const PORT = Number(process.env.DEMO_PORT ?? 8443)
/** Every address, of both families where the kernel knows both. */
export const ADDRESS = existsSync('/proc/net/if_inet6') ? '::' : '0.0.0.0'
export const STATE = join(import.meta.dirname, '../../.state/demo')
const MAIN = join(import.meta.dirname, '../../packages/manager/src/main.ts')
const END_WITH_PARENT = join(import.meta.dirname, 'end-with-parent.ts')

export type Manager = Awaited<ReturnType<typeof startManager>>
type Options = {
  /** Where hosts find it. The first is in the command that the page shows. */
  names: string[]
}

/** A manager on its embedded database, in a process of its own that cannot outlive this one. */
export async function startManager({ names }: Options) {
  const [config, log] = [join(STATE, 'config.yaml'), join(STATE, 'manager.log')]
  await rm(STATE, { recursive: true, force: true })
  await mkdir(STATE, { recursive: true, mode: 0o700 })
  await writeFile(config, stringify(settings(names)))

  await using opened = new AsyncDisposableStack()
  const child = launch([MAIN, 'serve', '--config', config, '--state', STATE], log)
  opened.defer(() => end(child))
  const ca_fingerprint = await until('the manager listens', () => listening(child, log))
  const password = (await readFile(join(STATE, 'first-admin-password'), 'utf8')).trim()
  const url = `https://localhost:${PORT}`
  const api = opened.use(await signIn({ url, ca_fingerprint, password }))

  const all = opened.move()
  return {
    url,
    log,
    password,
    ca_fingerprint,
    api,
    /** Comes when it ends, which it should not by itself. */
    ended: () => (isEnded(child) ? Promise.resolve() : once(child, 'exit').then(() => undefined)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const settings = (names: string[]) => ({
  listen: { address: ADDRESS, port: PORT },
  agents_listen: { address: ADDRESS, port: PORT + 1 },
  names,
  first_administrator: { must_change_password: false },
  hosts: { read_every_seconds: 60, retry_every_seconds: 1 },
})

/**
 * In a process group of its own, so that Ctrl-C reaches us first; and with no variable of ours that
 * could lead it to another database.
 */
function launch(argv: string[], log: string): ChildProcess {
  const output = openSync(log, 'a', 0o600)
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...argv], {
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
    env: { PATH: process.env.PATH },
  })
  closeSync(output)
  return child
}

/** Its root certificate's fingerprint, from the line in its log that says that it listens. */
async function listening(child: ChildProcess, log: string): Promise<string | undefined> {
  const text = await readFile(log, 'utf8')
  const line = text.split('\n').find((line) => line.includes('"manager listens"'))
  if (line) return (JSON.parse(line) as { ca_fingerprint: string }).ca_fingerprint
  if (isEnded(child)) throw new Error(`The manager does not start:\n${text}`)
  return undefined
}

const isEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

async function end(child: ChildProcess) {
  if (isEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.race([ended, wait(5000, undefined, { ref: false })])
  if (!isEnded(child)) child.kill('SIGKILL')
  await ended
}
