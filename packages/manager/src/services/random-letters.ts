import { randomInt } from 'node:crypto'

const ALL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** So many letters and digits by chance: nearly six random bits each, if none of them is left out. */
export const randomLetters = (count: number, letters = ALL): string =>
  Array.from({ length: count }, () => letters[randomInt(letters.length)]).join('')
