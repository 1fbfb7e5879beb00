import type { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { CrlState } from '@linux-patch/shared/certificate-state'
import { readRevocationLists, type RevocationList } from '../pki/crl.ts'

type Deps = {
  file: string
  /** Whose lists count; none on a host that is not enrolled. */
  roots: () => X509Certificate[]
}
export type Revocations = ReturnType<typeof revocations>

/** The lists of revoked certificates, one of each root. What cannot be read leaves the last good ones in force. */
export function revocations({ file, roots }: Deps) {
  let lists = new Map<string, RevocationList>()
  let problem: string | null = null
  let seen = ''

  function take(text: string) {
    const trusted = roots()
    const read = readRevocationLists(text, trusted)
    const known = new Set(trusted.map(({ fingerprint256 }) => fingerprint256))
    const older = read.find(({ root, number }) => number < (lists.get(root)?.number ?? 0n))
    // One that goes back could let somebody in again.
    if (older) throw new Error('is older than the list before it')
    const kept = [...lists].filter(([root]) => known.has(root))
    lists = new Map([...kept, ...read.map((list) => [list.root, list] as const)])
  }

  return {
    /** Why the file counts for nothing; null where it counts, and where there is none. */
    problem: () => problem,

    reload() {
      const mark = `${markOf(file)} ${roots()
        .map(({ fingerprint256 }) => fingerprint256)
        .join()}`
      if (mark === seen) return
      seen = mark
      try {
        if (roots().length > 0 && !mark.startsWith('none')) take(readFileSync(file, 'utf8'))
        problem = null
      } catch (error) {
        problem = `${file} ${error instanceof Error ? error.message : String(error)}.`
      }
    },

    isRevoked: (serialNumber: string) => {
      const serial = serialNumber.toLowerCase().replace(/^(00)+(?=..)/, '')
      return [...lists.values()].some(({ serials }) => serials.has(serial))
    },

    /** The earliest moment at which one of them holds no longer. */
    until: () =>
      [...lists.values()].map(({ next_update }) => next_update).toSorted((a, b) => +a - +b)[0] ??
      null,

    state(now: Date): CrlState {
      if (problem) return 'invalid'
      if (lists.size === 0) return 'missing'
      return [...lists.values()].some(({ next_update }) => next_update <= now) ? 'expired' : 'valid'
    },
  }
}

function markOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : 'none'
}
