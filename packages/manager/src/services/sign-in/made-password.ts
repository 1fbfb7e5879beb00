import { randomLetters } from '../random-letters.ts'

const LENGTH = 24
// Without those that people take for one another.
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password that nobody can guess and everybody can type. */
export const makePassword = (): string => randomLetters(LENGTH, LETTERS)
