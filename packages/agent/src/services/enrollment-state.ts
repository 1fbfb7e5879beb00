import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fingerprint, PkiBundle } from '@linux-patch/shared/enrollment'
import { writeAtomic } from '../files/atomic-file.ts'

/** A request for a place that the manager knows of. It is kept until the host is enrolled or turned away. */
const Pending = z.strictObject({
  manager: z.string(),
  ca_fingerprint: Fingerprint,
  polling_token: z.string(),
  asked_at: z.iso.datetime(),
  /** The hash of the join code that it was asked with. */
  join_code_hash: z.string().nullable().default(null),
  /** What the manager gave, before any of it is put in its place. */
  bundle: PkiBundle.nullable(),
})
export type Pending = z.infer<typeof Pending>
export type EnrollmentState = ReturnType<typeof enrollmentState>

/** What enrollment remembers, so that it can be cut off anywhere and run again. */
export function enrollmentState(folder: string) {
  const files = { key: join(folder, 'key.pem'), pending: join(folder, 'pending.json') }

  async function write(file: string, text: string) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeAtomic(file, text, 0o600)
  }

  return {
    /** The host's own key: made here, once, and never sent anywhere. */
    async key(): Promise<string> {
      const before = await readIfThere(files.key)
      if (before !== undefined && isKey(before)) return before
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      await write(files.key, key)
      return key
    },

    /** What cannot be read is as good as nothing: the manager is asked again. */
    async pending(): Promise<Pending | undefined> {
      const text = await readIfThere(files.pending)
      return text === undefined ? undefined : Pending.safeParse(toJson(text)).data
    },
    keep: (pending: Pending) => write(files.pending, JSON.stringify(pending)),
    forget: () => rm(files.pending, { force: true }),

    /** Once the key has come to its place, this copy of it goes too. */
    finish: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Enough to know a code again, and not to use it. */
export const hashOfCode = (code: string): string => createHash('sha256').update(code).digest('hex')

/** SHA-256 of the public key, which the approver compares with what the manager shows. */
export function keyFingerprint(keyPem: string): string {
  const spki = createPublicKey(keyPem).export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(spki).digest('hex')}`
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isKey(pem: string) {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ec'
  } catch {
    return false
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
