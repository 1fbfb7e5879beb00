import { crc32 } from 'node:zlib'
import { ApiTokenText } from '@linux-patch/shared/api-token'
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

/** Whether its checksum is right: for what was cut off or mistyped nobody asks the database. */
export const isWhole = (token: string): boolean =>
  ApiTokenText.safeParse(token).success && checkOf(token.slice(0, -CHECK)) === token.slice(-CHECK)

const checkOf = (text: string) => crc32(text).toString(36).padStart(CHECK, '0').slice(-CHECK)
