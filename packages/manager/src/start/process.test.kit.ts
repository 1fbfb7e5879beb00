import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAIN = new URL('../main.ts', import.meta.url).pathname

type Env = Record<string, string>
type Settings = Record<string, unknown>

/** For tests only: the manager as the program that people start, in a folder of its own. */
export async function place(settings: Settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lpm-process-'))
  const config = join(folder, 'config.yaml')
  const state = join(folder, 'state')
  const listen = { address: '127.0.0.1', port: 0 }
  await writeFile(config, JSON.stringify({ listen, agents_listen: listen, ...settings }))

  function start(env: Env = {}, options: { state?: string; command?: string } = {}) {
    const { command = 'serve' } = options
    return spawned([command, '--config', config, '--state', options.state ?? state], env)
  }

  function spawned(args: string[], env: Env = {}) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: '/usr/bin:/bin', ...env },
    })
    const said = { out: '', error: '' }
    child.stdout.on('data', (data: Buffer) => (said.out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (said.error += data.toString()))
    const ended = once(child, 'close').then(([code]) => ({ code: Number(code), ...said }))
    return {
      ended,
      said,
      stop: (signal: NodeJS.Signals) => child.kill(signal),
      /** Waits until it listens. */
      async listens() {
        while (!said.out.includes('manager listens')) {
          if (child.exitCode !== null) throw new Error(said.error)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      },
    }
  }

  return {
    folder,
    config,
    state,
    start,
    /** Another command, which can be stopped. */
    launch: (...args: string[]) => spawned([...args, '--config', config, '--state', state]),
    /** Another command, or none. */
    run: (...args: string[]) => spawned(args).ended,
    check: (env: Env = {}, options: { state?: string } = {}) =>
      start(env, { ...options, command: 'check-config' }).ended,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
