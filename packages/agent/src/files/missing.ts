import { readdir, stat } from 'node:fs/promises'

export const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** What there is, or null where there is none. */
export async function orNull<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

export const statOrNull = (path: string) => orNull(stat(path))

/** The names in a folder; none where there is no such folder. */
export const namesIn = async (path: string): Promise<string[]> =>
  (await orNull(readdir(path))) ?? []
