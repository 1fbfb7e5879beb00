import { existsSync, readFileSync } from 'node:fs'

type Deps = { file: string; authority: () => string | null }
type Read = { text: string; ca: string; problem: string | null; until: Date | null }

/** The list of revoked certificates as health looks at it: that it can be read, is the authority's, and still holds. */
export function revocations({ file, authority }: Deps) {
  let last: Read | undefined

  return {
    /** Null where all is well, and where there is no list. */
    async problem(now: Date): Promise<string | null> {
      const ca = authority()
      if (!ca || !existsSync(file)) return null
      const text = readFileSync(file, 'utf8')
      if (last?.text !== text || last.ca !== ca) last = { text, ca, ...(await look(text, ca)) }
      if (last.problem) return `${file} ${last.problem}.`
      return last.until && last.until <= now
        ? `${file} expired at ${last.until.toISOString()}.`
        : null
    },
  }
}

async function look(text: string, ca: string): Promise<Pick<Read, 'problem' | 'until'>> {
  const { readRevocations } = await import('../pki/x509.ts')
  try {
    const { next_update, is_signed } = await readRevocations(text, ca)
    return { problem: is_signed ? null : 'was not signed by our authority', until: next_update }
  } catch {
    return { problem: 'is no list of revoked certificates', until: null }
  }
}
