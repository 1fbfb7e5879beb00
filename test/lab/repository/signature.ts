import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../run.ts'

type Gpg = (args: string[], input?: string) => Promise<string>

/** A gpg with a home of its own, whose agent ends with it. */
async function withGpg<T>(work: (gpg: Gpg, home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'lab-gpg-'))
  const always = ['gpg', '--homedir', home, '--batch', '--quiet', '--yes', '--armor']
  const unlocked = [...always, '--pinentry-mode', 'loopback', '--passphrase', '']
  try {
    return await work((args, input = '') => run([...unlocked, ...args], { input }), home)
  } finally {
    await run(['gpgconf', '--homedir', home, '--kill', 'all'])
    await rm(home, { recursive: true, force: true })
  }
}

export type Key = { secret: string; shown: string }

/** A signing key for one repository: the secret half for us, the public half for its hosts. */
export const newKey = (owner = 'Patch Lab'): Promise<Key> =>
  withGpg(async (gpg) => {
    const name = `${owner} <lab@example.invalid>`
    await gpg(['--quick-gen-key', name, 'ed25519', 'sign', 'never'])
    return { secret: await gpg(['--export-secret-keys']), shown: await gpg(['--export']) }
  })

export const sign = (file: string, signed: string, secret: string): Promise<string> =>
  withGpg(async (gpg) => {
    await gpg(['--import'], secret)
    return gpg(['--output', signed, '--clearsign', file])
  })

/** Writes the signature of a file beside it, as `repomd.xml.asc`. */
export const signBeside = (file: string, secret: string): Promise<string> =>
  withGpg(async (gpg) => {
    await gpg(['--import'], secret)
    return gpg(['--output', `${file}.asc`, '--detach-sign', file])
  })

/** Signs packages in place. */
export const signRpms = (files: string[], secret: string): Promise<string> =>
  withGpg(async (gpg, home) => {
    await gpg(['--import'], secret)
    const define = [`_gpg_path ${home}`, '_gpg_name lab@example.invalid', '__gpg /usr/bin/gpg']
    const options = define.flatMap((one) => ['--define', one])
    return run(['rpmsign', ...options, '--addsign', ...files])
  })
