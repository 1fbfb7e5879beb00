import { argon2Sync, randomBytes } from 'node:crypto'

/** For tests only: a password as it is stored, at the least cost there is, which whoever checks it pays again. */
export function cheaplyHashed(password: string): string {
  const nonce = randomBytes(16)
  const cheap = { memory: 8, passes: 1, parallelism: 1, tagLength: 32 }
  const tag = argon2Sync('argon2id', { message: password.normalize('NFKC'), nonce, ...cheap })
  return `$argon2id$v=19$m=8,t=1,p=1$${unpadded(nonce)}$${unpadded(tag)}`
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
