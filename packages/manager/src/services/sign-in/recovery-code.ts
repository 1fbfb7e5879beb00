import { randomLetters } from '../random-letters.ts'
import { hashOf } from '../secret-hash.ts'

const COUNT = 10
// Without the letters and digits that people take for one another.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 16

/** Near eighty random bits each, as `abcd-efgh-jkmn-pqrs`. */
export const newRecoveryCodes = (): string[] => Array.from({ length: COUNT }, newRecoveryCode)

const newRecoveryCode = () => randomLetters(LENGTH, LETTERS).replace(/(.{4})(?=.)/g, '$1-')

/** What is kept of it. It is the same however it was typed: dashes, blanks and capitals do not count. */
export const recoveryHash = (code: string) => hashOf(code.replace(/[\s-]/g, '').toLowerCase())
