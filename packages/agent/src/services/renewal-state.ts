import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Places } from '../config-places.ts'
import { writeAtomic, writeTogether } from '../files/atomic-file.ts'
import { orNull } from '../files/missing.ts'
import { fingerprint } from '../pki/peer.ts'
import { takeLock } from '../store/lock.ts'

/** A renewed pair that may not be in its place yet, and the fingerprint of the certificate that it replaces. */
const Received = z.strictObject({ certificate: z.string(), key: z.string(), replaces: z.string() })

/**
 * What a renewal remembers. A key and its certificate are two files, and cannot be replaced as one: whoever finds that
 * it was cut off in between goes on from here.
 */
export function renewalState({ renewal, certificate, key }: Places) {
  const files = { key: join(renewal, 'key.pem'), received: join(renewal, 'received.json') }

  async function write(file: string, text: string) {
    await mkdir(renewal, { recursive: true, mode: 0o700 })
    await writeAtomic(file, text, 0o600)
  }
  const forget = () => rm(renewal, { recursive: true, force: true })

  return {
    forget,

    /** The next key. The same one until it has a certificate: an answer that was lost is then given again. */
    async key(): Promise<string> {
      const before = await orNull(readFile(files.key, 'utf8'))
      if (before !== null) return before
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const made = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      await write(files.key, made)
      return made
    },

    keep: (received: z.infer<typeof Received>) => write(files.received, JSON.stringify(received)),

    /** Puts what was received in its place, if it is not there. Answers whether there was anything to do. */
    async finish(): Promise<boolean> {
      const text = await orNull(readFile(files.received, 'utf8'))
      if (text === null) return false
      const received = Received.parse(JSON.parse(text))
      const inUse = await orNull(readFile(certificate, 'utf8'))
      // Somebody may have enrolled the host anew since.
      const isDue = inUse !== null && fingerprint(new X509Certificate(inUse)) === received.replaces
      if (isDue)
        await writeTogether([
          { file: key, text: received.key, mode: 0o600 },
          { file: certificate, text: received.certificate, mode: 0o644 },
        ])
      await forget()
      return isDue
    },
  }
}

/** Goes on from where a renewal was cut off. Whoever is at one just now comes to its end without us. */
export async function finishRenewal(places: Places): Promise<boolean> {
  if (!existsSync(places.renewal)) return false
  using lock = takeLock(places.renewalLock)
  return lock !== null && renewalState(places).finish()
}
