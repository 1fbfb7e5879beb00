import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Argon2id at OWASP's least: 19 MiB and two passes for each guess. Stored as a PHC string. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const STORED =
  /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<parallelism>\d+)\$(?<salt>[A-Za-z0-9+/]+)\$(?<tag>[A-Za-z0-9+/]+)$/

const derive = promisify(argon2)
const atOnce = turns(2)

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await guess(password, salt, cost, 32)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

export async function isPassword(password: string, stored: string): Promise<boolean> {
  const found = STORED.exec(stored)?.groups
  if (!found) throw new Error('A stored password hash cannot be read.')
  const { memory, passes, parallelism, salt = '', tag = '' } = found
  const expected = Buffer.from(tag, 'base64')
  const asStored = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  }
  const actual = await guess(password, Buffer.from(salt, 'base64'), asStored, expected.length)
  return timingSafeEqual(actual, expected)
}

const guess = (password: string, nonce: Buffer, at: typeof cost, tagLength: number) =>
  atOnce(() => derive('argon2id', { message: password.normalize('NFKC'), nonce, ...at, tagLength }))

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** Lets so many work at once: a flood of sign-ins waits instead of taking the machine's memory. */
function turns(places: number) {
  const waiting: (() => void)[] = []
  let free = places
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
