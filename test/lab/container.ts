import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync, readFileSync } from 'node:fs'
import { makeCgroups } from './cgroups.ts'

/** What nspawn ends with when the system inside asked for a reboot, and it may not do it itself. */
const REBOOT = 133

/** Moves itself into each cgroup named before the `--`, then becomes the program named after it. */
const ENTER = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"'

export type Container = ReturnType<typeof containerOf>
export type ContainerOptions = {
  id: string
  root: string
  console: string
  hostname: string
  hidden: string[]
  /** Shown read-only inside: a path of this machine, and where. */
  shown: Record<string, string>
}

/** A system that boots in its own namespaces, and again whenever it asks for a reboot. */
export function containerOf(options: ContainerOptions) {
  let supervisor: ChildProcess | undefined
  let ended = Promise.resolve()

  function start() {
    const output = openSync(options.console, 'a')
    const enter = ['-c', ENTER, 'sh', ...makeCgroups(options.id), '--', ...nspawn(options)]
    // In a process group of its own, so that Ctrl-C reaches us first.
    const child = spawn('/bin/sh', enter, { stdio: ['ignore', output, output], detached: true })
    closeSync(output)
    supervisor = child
    ended = new Promise((resolve) => {
      child.once('exit', (code) => {
        supervisor = undefined
        if (code === REBOOT) start()
        resolve()
      })
    })
  }

  return {
    start,
    ended: () => ended,
    init: () => initOf(supervisor?.pid),
    bootId: () => bootIdOf(initOf(supervisor?.pid)),

    /** Cuts the power: nothing inside gets to finish. */
    async kill() {
      while (supervisor) {
        const doomed = supervisor
        const late = setTimeout(() => doomed.kill('SIGKILL'), 2000)
        // nspawn tidies up when its init is killed, and cannot when it is killed itself.
        if (!killed(initOf(doomed.pid))) doomed.kill('SIGKILL')
        await ended
        clearTimeout(late)
      }
    },
  }
}

const nspawn = ({ id, root, hostname, hidden, shown }: ContainerOptions): string[] => [
  'systemd-nspawn',
  '--quiet',
  '--boot',
  '--register=no', // there may be no systemd on this machine to register with
  '--keep-unit',
  '--console=pipe',
  '--resolv-conf=off',
  '--timezone=off',
  '--link-journal=no',
  `--directory=${root}`,
  `--machine=${id}`,
  `--hostname=${hostname}`,
  `--network-namespace-path=/run/netns/${id}`,
  ...hidden.map((path) => `--tmpfs=${path}:mode=0700`),
  ...Object.entries(shown).map(([path, where]) => `--bind-ro=${path}:${where}`),
]

/** The pid 1 of the system inside, once it is systemd: before that it is still nspawn, half in here. */
function initOf(supervisor: number | undefined): number | undefined {
  if (supervisor === undefined) return undefined
  try {
    const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8')
    const child = Number(children.split(' ')[0])
    const name = child ? readFileSync(`/proc/${child}/comm`, 'utf8').trim() : ''
    return name === 'systemd' || name === 'init' ? child : undefined
  } catch {
    return undefined
  }
}

function killed(init: number | undefined): boolean {
  try {
    return init !== undefined && process.kill(init, 'SIGKILL')
  } catch {
    return false // it ended just now
  }
}

function bootIdOf(init: number | undefined): string | undefined {
  try {
    const id = `/proc/${init}/root/proc/sys/kernel/random/boot_id`
    return readFileSync(id, 'utf8').trim()
  } catch {
    return undefined // it ended just now
  }
}
