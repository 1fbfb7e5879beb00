import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readMasterKey, type KeyFile } from './key-file.ts'

/** Seals what is stored under a name, so that it can be opened under that name alone. */
export type Keys = {
  seal: (name: string, plain: string) => string
  open: (name: string, sealed: string) => string
}

const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const cipher = 'aes-256-gcm'

/** The keys of this manager, from its key file. */
export const openKeys = async (file: KeyFile): Promise<Keys> => keysOf(await readMasterKey(file))

export const keysOf = (key: Buffer): Keys => ({
  seal: (name, plain) => `${VERSION}.${seal(key, name, plain).toString('base64url')}`,
  open: (name, sealed) => open(key, name, sealed),
})

function seal(key: Buffer, name: string, plain: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: TAG_BYTES })
  sealing.setAAD(boundTo(name))
  const text = Buffer.concat([sealing.update(plain, 'utf8'), sealing.final()])
  return Buffer.concat([nonce, text, sealing.getAuthTag()])
}

function open(key: Buffer, name: string, sealed: string): string {
  const [version, text = '', ...rest] = sealed.split('.')
  if (version !== VERSION || rest.length > 0)
    throw new Error(`The secret ${name} is sealed in a way that this version does not know.`)

  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error(`The secret ${name} is cut short.`)
  try {
    const opening = createDecipheriv(cipher, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    opening.setAAD(boundTo(name))
    opening.setAuthTag(bytes.subarray(-TAG_BYTES))
    const plain = opening.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([plain, opening.final()]).toString('utf8')
  } catch (cause) {
    throw new Error(
      `The secret ${name} cannot be opened: it was sealed with another master key, or was changed.`,
      { cause },
    )
  }
}

/** What a secret is bound to: it does not open under another name. */
const boundTo = (name: string) => Buffer.from(`${VERSION}.${name}`, 'utf8')
