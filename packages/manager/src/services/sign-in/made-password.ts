import { randomInt } from 'node:crypto'

const LENGTH = 24
// Without the letters that people take for one another.
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password that nobody can guess and everybody can type. */
export const makePassword = (): string =>
  Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
