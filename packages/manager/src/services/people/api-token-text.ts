import { crc32 } from 'node:zlib'
import { randomLetters } from '../random-letters.ts'

const BEGINNING = 'lpm_'
const SHOWN = BEGINNING.length + 8
const CHECK = 6

export const isApiToken = (text: string): boolean => text.startsWith(BEGINNING)

/** A new token, and its part that is shown wherever the token is listed. */
export function newApiToken(): { token: string; prefix: string } {
  const text = BEGINNING + randomLetters(8 + 32)
  return { token: text + checkOf(text), prefix: text.slice(0, SHOWN) }
}

/** Whether it was ever made: what was cut off or mistyped costs no look into the database. */
export const isWhole = (token: string): boolean =>
  /^lpm_[A-Za-z0-9]{46}$/.test(token) && checkOf(token.slice(0, -CHECK)) === token.slice(-CHECK)

const checkOf = (text: string) => crc32(text).toString(36).padStart(CHECK, '0').slice(-CHECK)
