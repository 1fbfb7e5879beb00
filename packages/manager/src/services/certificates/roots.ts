import type { AuthorityRoots, RootRecord } from '../../db/certificates/authority-roots.ts'
import type { Authority, Signer } from '../../pki/authority.ts'

/** The authority of this manager: the root that signs, and while one takes the other's place two of them. */
export type Roots = Authority & {
  /** Those that count, each with its key. `isFirst`: it signed before there were several. */
  signers: () => HeldRoot[]
  /** Whether another root signs by now what this one has signed; null for the first one. */
  isOlder: (root: string | null) => boolean
  /** Reads what another process may have changed. Answers whether something did. */
  refresh: () => Promise<boolean>
}
export type HeldRoot = { signer: Signer; record: RootRecord; isFirst: boolean }

type Deps = {
  authorityRoots: AuthorityRoots
  /** Opens a root's key. */
  open: (record: RootRecord) => Promise<Signer>
  now: () => Date
}

export const FIRST_ROOT = 'authority'
/** How long every manager over one database needs at most to hear of another root. */
const HEARD_MS = 10_000
/** How long a root that signs no more still counts: until everybody shows a certificate of the other one. */
const FAREWELL_MS = 10 * 60_000

export async function readRoots({ authorityRoots, open, now }: Deps): Promise<Roots> {
  const opened = new Map<string, Signer>()
  const since = ({ stage_since }: RootRecord) => now().getTime() - Date.parse(stage_since)
  const counts = (record: RootRecord) => record.stage !== 'former' || since(record) < FAREWELL_MS

  async function read(): Promise<HeldRoot[]> {
    const all: HeldRoot[] = []
    for (const record of (await authorityRoots.list()).filter(counts)) {
      const signer = opened.get(record.fingerprint) ?? (await open(record))
      opened.set(record.fingerprint, signer)
      all.push({ signer, record, isFirst: record.secret_name === FIRST_ROOT })
    }
    return all
  }
  let held = await read()

  function current(): Signer {
    const [first] = held
    if (!first) throw new Error('The database names no root of the certificate authority.')
    return first.signer
  }
  /** Once every manager accepts what it signs. */
  const newest = (): Signer =>
    held.find(({ record }) => record.stage === 'next' && since(record) > HEARD_MS)?.signer ??
    current()

  const state = () => `${held.map(nameOf).join()} ${newest().fingerprint}`
  let seen = state()

  return {
    get root_pem() {
      return current().root_pem
    },
    get fingerprint() {
      return current().fingerprint
    },
    roots: () => held.map(({ signer }) => signer.root_pem),
    signers: () => held,
    isOlder: (root) =>
      (root ?? held.find(({ isFirst }) => isFirst)?.signer.fingerprint) !== newest().fingerprint,
    // Of hosts' certificates the managers alone are judges, and they know every root.
    issue: (profile, names, publicKey, by = profile === 'agent' ? 'newest' : 'current') =>
      (by === 'newest' ? newest() : current()).issue(profile, names, publicKey),
    async refresh() {
      held = await read()
      const before = seen
      seen = state()
      return seen !== before
    },
  }
}

const nameOf = ({ record }: HeldRoot) => `${record.stage} ${record.fingerprint}`
