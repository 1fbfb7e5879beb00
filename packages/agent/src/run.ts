import { execa } from 'execa'
import { Failure } from '@linux-patch/shared/failure'

/** Every program the agent may start. Nothing else in this package imports execa. */
export const programs = {
  aptCache: '/usr/bin/apt-cache',
  aptGet: '/usr/bin/apt-get',
  aptMark: '/usr/bin/apt-mark',
  dnf: '/usr/bin/dnf',
  dpkg: '/usr/bin/dpkg',
  dpkgQuery: '/usr/bin/dpkg-query',
  rpm: '/usr/bin/rpm',
  systemctl: '/usr/bin/systemctl',
  systemdRun: '/usr/bin/systemd-run',
} as const

export type Program = keyof typeof programs
export type Ran = { exitCode: number; stdout: string; stderr: string }
export type RunOptions = {
  /** How long it may take; 0 is for ever, for what must not be killed half-way. */
  minutes?: number
  /** What it reads on its standard input; nothing where left out. */
  input?: string
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

/** Runs one program to its end and leaves its exit code to the caller: for dnf, 100 is good news. */
export const run: Run = async (program, args, { minutes = 2, input } = {}) => {
  const { exitCode, stdout, stderr, ...rest } = await execa(programs[program], args, {
    env: environment,
    extendEnv: false,
    // Where the agent was started from must not matter: that folder may be gone.
    cwd: '/',
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    timeout: minutes * 60_000,
    reject: false,
  })

  if (exitCode !== undefined && !rest.isMaxBuffer) return { exitCode, stdout, stderr }
  throw new Failure('PKG_MANAGER_ERROR', `${program} did not finish: ${rest.shortMessage ?? ''}`)
}
