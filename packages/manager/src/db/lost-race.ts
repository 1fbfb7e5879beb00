/** A unique index refused it: somebody else has what it asked for. */
export const isTaken = (error: unknown): boolean =>
  ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505'].includes(codeOf(error))

/** Another connection took the same thing in the same moment, or each waited for the other. */
export const isLostRace = (error: unknown): boolean => isTaken(error) || codeOf(error) === '40P01'

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
