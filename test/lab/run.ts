import { execa } from 'execa'

export type Ran = { exitCode: number; stdout: string; stderr: string }
export type RunOptions = {
  /** What the program reads on its standard input. */
  input?: string | Buffer
  /** Given up after this long, by default two minutes. */
  timeout_ms?: number
  /** Added to the few variables that every program gets. */
  env?: Record<string, string>
}

const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' }

/** Runs a program to its end and leaves its exit code to the caller. */
export async function attempt(argv: string[], options: RunOptions = {}): Promise<Ran> {
  const [file = '', ...args] = argv
  const { exitCode, stdout, stderr, ...rest } = await execa(file, args, {
    env: { ...env, ...options.env },
    extendEnv: false,
    input: options.input ?? '',
    timeout: options.timeout_ms ?? 120_000,
    reject: false,
  })
  if (exitCode !== undefined) return { exitCode, stdout, stderr }
  throw new Error(rest.shortMessage)
}

/** Runs a program that has to succeed, and gives what it printed. */
export async function run(argv: string[], options?: RunOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await attempt(argv, options)
  if (exitCode === 0) return stdout
  throw new Error(`${argv.join(' ')} ended with ${exitCode}:\n${stdout}\n${stderr}`)
}
