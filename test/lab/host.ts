import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { installAgent } from './agent.ts'
import type { Container } from './container.ts'
import { setCable } from './network.ts'
import { attempt, type Ran, type RunOptions } from './run.ts'

export type HostPlace = {
  /** What it calls itself, and what the other hosts of its lab call it. */
  name: string
  address: string
  machine_id: string
  /** Its namespaces, links and cgroups on this machine are named so. */
  id: string
  /** Its root as this machine sees it. /run and /tmp are not here: they are in the host's memory. */
  root: string
  /** What its console printed. */
  console: string
}

export type Host = HostPlace & ReturnType<typeof hostCalls>

export const hostOf = (place: HostPlace, container: Container): Host => ({
  ...place,
  ...hostCalls(place, container),
})

const UP = ['running', 'degraded']

/** What `systemctl reboot` stands for, but that nobody can inhibit it, as apt 3 does while it works. */
const REBOOT = [
  'systemctl',
  'start',
  '--job-mode=replace-irreversibly',
  '--no-block',
  'reboot.target',
]

/**
 * A host that is going down waits for what was started in it from outside, 10 seconds and more,
 * because it is not told when that ends. So nothing here looks into a host while it reboots.
 */
function hostCalls(place: HostPlace, container: Container) {
  const enter = (): string[] => {
    const init = container.init()
    if (!init) throw new Error(`${place.name} is not running.`)
    const inside = ['nsenter', '-t', `${init}`, '-m', '-u', '-i', '-n', '-p', '-C', '--']
    return [...inside, 'env', '-i', ...ENVIRONMENT]
  }

  /** Runs a program in the host, and leaves its exit code to the caller. */
  const exec = async (argv: string[], options?: RunOptions): Promise<Ran> =>
    attempt([...enter(), ...variables(options?.env), ...argv], { ...options, env: {} })

  /** Runs a shell script in the host, gives what it printed, and throws what it complained of. */
  async function sh(script: string, options?: RunOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await exec(['/bin/sh', '-euc', script], options)
    if (exitCode === 0) return stdout
    throw new Error(`${place.name}: "${script}" ended with ${exitCode}:\n${stdout}\n${stderr}`)
  }

  /** Waits until the host is up, in another boot than the one given, and gives the new boot's id. */
  async function booted(before?: string, seconds = 60): Promise<string> {
    const deadline = Date.now() + seconds * 1000
    for (;;) {
      const now = container.bootId()
      if (now !== undefined && now !== before && (await isUp())) return now
      if (Date.now() > deadline) throw new Error(`${place.name} does not boot:\n${lastWords()}`)
      await wait(50)
    }
  }

  async function isUp(): Promise<boolean> {
    const { stdout } = await exec(['systemctl', 'is-system-running'])
    return UP.includes(stdout.trim())
  }

  const lastWords = () => readFileSync(place.console, 'utf8').split('\n').slice(-20).join('\n')

  return {
    exec,
    sh,
    booted,

    /** Names this boot. It is read from outside, so it may be asked for while the host goes down. */
    bootId: () => container.bootId(),

    read: (path: string) => sh(`cat '${path}'`),

    async write(path: string, text: string | Buffer, mode = 0o644) {
      const script = 'umask 077; mkdir -p "${1%/*}"; cat >"$1"; chmod "$2" "$1"'
      const argv = ['/bin/sh', '-euc', script, 'sh', path, mode.toString(8)]
      const { exitCode, stderr } = await exec(argv, { input: text })
      if (exitCode !== 0) throw new Error(`${place.name}: ${path} cannot be written: ${stderr}`)
    },

    aptUpdate: () => sh('apt-get -qq update -oAPT::Update::Error-Mode=any'),

    /** Puts a built agent in place as its package would, and enables it. Nothing starts yet. */
    installAgent: (folder: string) => installAgent(place.root, folder, sh),
    startAgent: () => sh('systemctl start linux-patch-agent'),

    /** Sends a signal to a unit's main process, and to that alone. */
    kill: (signal: NodeJS.Signals, unit = 'linux-patch-agent') =>
      sh(`systemctl kill --kill-whom=main --signal=${signal} '${unit}'`),

    /** Pulls out the network cable, and puts it back. */
    disconnect: () => setCable(place.id, 'down'),
    reconnect: () => setCable(place.id, 'up'),

    async reboot() {
      const before = container.bootId()
      await exec(REBOOT)
      return booted(before)
    },

    async powerOff() {
      await exec(['systemctl', 'poweroff'])
      await container.ended()
    },

    /** As if the power had gone: nothing in the host gets to finish. `start()` boots it again. */
    cutPower: () => container.kill(),

    start() {
      container.start()
      return booted()
    },
  }
}

const variables = (env: Record<string, string> = {}) =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`)

const ENVIRONMENT = variables({
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  DEBIAN_FRONTEND: 'noninteractive',
})
