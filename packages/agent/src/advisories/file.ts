import { readFile, stat } from 'node:fs/promises'
import type { Advisory } from './advisory.ts'
import { parseOsv } from './osv.ts'

const MOST_BYTES = 64 * 1024 * 1024

export type AdvisoryFile = ReturnType<typeof advisoryFile>
type Deps = {
  file: string
  /** Is told once why a file could not be used. */
  warn: (problem: string) => void
}

/**
 * The advisories that the manager has sent, read again when the file has changed. What cannot be read leaves the
 * last good ones in force; without a file there are none.
 */
export function advisoryFile({ file, warn }: Deps) {
  let mark: string | null = null
  let advisories: Advisory[] = []
  let problem: string | null = null
  let reading: Promise<void> | undefined

  async function look() {
    const found = await statOrNull(file)
    const now = found ? `${found.mtimeMs} ${found.size} ${found.ino}` : null
    if (now === mark) return
    mark = now
    try {
      advisories = found ? await readAdvisories(file, found.size) : []
      problem = null
    } catch (error) {
      problem = `${file} cannot be used, and what it last said still holds: ${wordsOf(error)}`
      warn(problem)
    }
  }

  return {
    /** Why the file is not in force; null where it is, or where there is none. */
    problem: () => problem,

    /** The same array as before while the file is the same. Whoever asks at the same time shares one reading. */
    async read(): Promise<Advisory[]> {
      reading ??= look().finally(() => (reading = undefined))
      await reading
      return advisories
    },
  }
}

async function readAdvisories(file: string, size: number): Promise<Advisory[]> {
  if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`)
  return parseOsv(await readFile(file, 'utf8'))
}

const statOrNull = async (file: string) => {
  try {
    return await stat(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const wordsOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500)
