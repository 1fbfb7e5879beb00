import { execa } from 'execa'
import { Failure } from '@linux-patch/shared/failure'

/** Every program the agent may start. Nothing else in this package imports execa. */
export const programs = {
  aptCache: '/usr/bin/apt-cache',
  aptGet: '/usr/bin/apt-get',
  aptMark: '/usr/bin/apt-mark',
  bzip2: '/usr/bin/bzip2',
  dnf: '/usr/bin/dnf',
  dpkg: '/usr/bin/dpkg',
  dpkgDeb: '/usr/bin/dpkg-deb',
  dpkgQuery: '/usr/bin/dpkg-query',
  gzip: '/usr/bin/gzip',
  needrestart: '/usr/sbin/needrestart',
  platformPython: '/usr/libexec/platform-python',
  python3: '/usr/bin/python3',
  rpm: '/usr/bin/rpm',
  systemctl: '/usr/bin/systemctl',
  systemdRun: '/usr/bin/systemd-run',
  tar: '/usr/bin/tar',
  wall: '/usr/bin/wall',
  xz: '/usr/bin/xz',
} as const

export type Program = keyof typeof programs
export type Ran = { exitCode: number; stdout: string; stderr: string }
export type RunOptions = {
  /** How long it may take; 0 is for ever, for what must not be killed half-way. */
  minutes?: number
  /** What it reads on its standard input; nothing where left out. */
  input?: string
  /** Where it runs, for what leaves its files there; `/` where left out. */
  folder?: string
  /** Programs that its output goes through, one after the other: what the last one prints is the answer. */
  through?: [Program, string[]][]
}
/** A type, so that a test can answer with what a program once really printed. */
export type Run = (program: Program, args: string[], options?: RunOptions) => Promise<Ran>

/** What a program sees: plain English, no questions, nothing inherited from our own environment. */
export const environment = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
} as const

type Ended = Partial<Ran> & { isMaxBuffer: boolean; shortMessage?: string }
/** As much of execa's own type as it keeps when one program is piped into the next. */
type Running = PromiseLike<Ended> & {
  pipe(file: string, args: string[], options: { reject: false }): Running
}

/** One of the agent's own commands in a process of its own, for what takes memory that an agent shall not keep. */
export async function runOwn(args: string[], cancelSignal: AbortSignal): Promise<Ran> {
  const [, main = ''] = process.argv
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [...process.execArgv, main, ...args],
    {
      env: environment,
      extendEnv: false,
      cwd: '/',
      stdin: 'ignore',
      timeout: 120_000,
      cancelSignal,
      reject: false,
    },
  )
  return { exitCode: exitCode ?? -1, stdout, stderr }
}

/** Runs one program to its end and leaves its exit code to the caller: for dnf, 100 is good news. */
export const run: Run = async (program, args, options = {}) => {
  const { minutes = 2, input, folder = '/', through = [] } = options
  const always = {
    env: environment,
    extendEnv: false,
    // Where the agent was started from must not matter: that folder may be gone.
    cwd: folder,
    timeout: minutes * 60_000,
    reject: false,
  } as const
  // What only passes on to the next program is not kept here as well: it may be large.
  const passing = { ...always, buffer: false, stderr: 'ignore' } as const
  const kept = (at: number) => (at === through.length ? always : passing)
  const stdin = input === undefined ? { stdin: 'ignore' as const } : { input }
  const first = execa(programs[program], args, { ...kept(0), ...stdin }) as unknown as Running
  const { exitCode, stdout, stderr, ...rest } = await through.reduce(
    (running, [next, words], at) => running.pipe(programs[next], words, kept(at + 1)),
    first,
  )

  if (exitCode !== undefined && !rest.isMaxBuffer)
    return { exitCode, stdout: stdout ?? '', stderr: stderr ?? '' }
  throw new Failure('PKG_MANAGER_ERROR', `${program} did not finish: ${rest.shortMessage ?? ''}`)
}
