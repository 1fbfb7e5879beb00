import { createHash } from 'node:crypto'

/** How a random token is kept: a fast hash does, for there is nothing to guess. */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
