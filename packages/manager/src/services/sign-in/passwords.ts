import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { turns } from './turns.ts'

/** Argon2id at OWASP's least: 19 MiB and two passes for each guess. Stored as a PHC string. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const STORED =
  /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<parallelism>\d+)\$(?<salt>[A-Za-z0-9+/]+)\$(?<tag>[A-Za-z0-9+/]+)$/

const derive = promisify(argon2)
// Two leave half of Node's threads to everything else; the last of the queue waits about two seconds.
const inTurn = turns({ at_once: 2, waiting: 64 })

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await guess(password, salt, { ...cost, tagLength: 32 })
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** Throws `rate_limited` where too many wait for their turn already. `signal`: nobody waits for the answer any more. */
export async function isPassword(
  password: string,
  stored: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const found = STORED.exec(stored)?.groups
  if (!found) throw new Error('A stored password hash cannot be read.')
  const { memory, passes, parallelism, salt = '', tag = '' } = found
  const expected = Buffer.from(tag, 'base64')
  const asStored = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  }
  const nonce = Buffer.from(salt, 'base64')
  const actual = await guess(password, nonce, { ...asStored, tagLength: expected.length }, signal)
  return timingSafeEqual(actual, expected)
}

type Derived = typeof cost & { tagLength: number }

const guess = (password: string, nonce: Buffer, at: Derived, signal?: AbortSignal) =>
  inTurn(() => derive('argon2id', { message: password.normalize('NFKC'), nonce, ...at }), signal)

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
