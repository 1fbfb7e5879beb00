import { readFileSync } from 'node:fs'

type Start<Value> = {
  file: string
  parse: (file: string, text: string) => Value
  /** What holds where the file has never been. */
  otherwise: Value
  /** Why a file that has never been is a problem; null where it is none. */
  absence: string | null
}
export type LiveFile<Value> = ReturnType<typeof liveFile<Value>>

/** A file that may change while the agent runs. What cannot be read leaves the last good value in force. */
export function liveFile<Value>({ file, parse, otherwise, absence }: Start<Value>) {
  let value = otherwise
  let text: string | null = null
  let problem = absence

  return {
    value: () => value,
    problem: () => problem,
    /** False while nothing but `otherwise` has ever held. */
    wasRead: () => text !== null,

    /** Answers whether another value holds now; `problem` tells why not, if it should. */
    reload(): boolean {
      try {
        const now = readText(file)
        if (now === text) return recovered()
        if (now === null) throw new Error(`${file} is gone; what it last said still holds.`)
        value = parse(file, now)
        text = now
        problem = null
        return true
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
        return false
      }
    },
  }

  function recovered() {
    problem = text === null ? absence : null
    return false
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
