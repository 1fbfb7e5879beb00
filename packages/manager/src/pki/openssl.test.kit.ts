import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** For tests only: a judge that is not us, in a folder of its own. */
export function openssl() {
  const folder = mkdtempSync(join(tmpdir(), 'lpm-openssl-'))
  const run = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

  return {
    /** Runs it in the folder and answers what it printed; throws when it is not content. */
    run,
    /** What it prints of either kind, whether it is content or not. */
    say(...args: string[]) {
      const { stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
      return stdout + stderr
    },
    /** What gnutls makes of it, whether it is content or not. */
    certtool: (...args: string[]) =>
      spawnSync('certtool', args, { cwd: folder, encoding: 'utf8' }).stdout,
    write: (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content),

    /** The same, while this process goes on and may be asked. */
    async saySoon(...args: string[]) {
      const child = spawn('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      const [said, wrong] = await Promise.all([text(child.stdout), text(child.stderr)])
      return said + wrong
    },
    read: (name: string) => readFileSync(join(folder, name)),

    /** A request made by openssl, for a new key of these options. */
    request(key: string[], more: string[] = []) {
      run('genpkey', '-out', 'key.pem', ...key)
      return run('req', '-new', '-key', 'key.pem', '-subj', '/CN=manager', ...more)
    },

    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

export const p256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
export const rsa = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`]

type Needs = { skipWithout: (need: 'openssl' | 'gnutls') => string | false }
// By a computed name: the file lies outside this package, which the compiler would not have.
const needs = (await import(new URL('../../../../test/needs.ts', import.meta.url).href)) as Needs
export const skip = needs.skipWithout('openssl')
export const skipWithoutGnutls = needs.skipWithout('gnutls')
