import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../run.ts'

type Gpg = (args: string[], input?: string) => Promise<string>

/** A gpg with a home of its own, whose agent ends with it. */
async function withGpg<T>(work: (gpg: Gpg) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'lab-gpg-'))
  const always = ['gpg', '--homedir', home, '--batch', '--quiet', '--yes', '--armor']
  const unlocked = [...always, '--pinentry-mode', 'loopback', '--passphrase', '']
  try {
    return await work((args, input = '') => run([...unlocked, ...args], { input }))
  } finally {
    await run(['gpgconf', '--homedir', home, '--kill', 'all'])
    await rm(home, { recursive: true, force: true })
  }
}

/** A signing key for one repository: the secret half for us, the public half for its hosts. */
export const newKey = (): Promise<{ secret: string; shown: string }> =>
  withGpg(async (gpg) => {
    await gpg(['--quick-gen-key', 'Patch Lab <lab@example.invalid>', 'ed25519', 'sign', 'never'])
    return { secret: await gpg(['--export-secret-keys']), shown: await gpg(['--export']) }
  })

export const sign = (file: string, signed: string, secret: string): Promise<string> =>
  withGpg(async (gpg) => {
    await gpg(['--import'], secret)
    return gpg(['--output', signed, '--clearsign', file])
  })
