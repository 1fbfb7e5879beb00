import type { KeptList } from '../db/revocation-lists.ts'
import type { Stores } from '../db/open.ts'
import { inPem } from '../pki/pem.ts'
import type { HeldRoot } from './roots.ts'

type Deps = {
  stores: Pick<Stores, 'certificates' | 'revocationLists'>
  signers: () => HeldRoot[]
  now: () => Date
}

export type RevocationLists = ReturnType<typeof revocationLists>

const DAY = 24 * 3_600_000
/** What a list is good for, and how old it gets: hosts go on for six days without us and without a warning. */
const GOOD_FOR = 7 * DAY
const RENEWED_AFTER = DAY

/** The lists of revoked certificates, one for each root. */
export function revocationLists({ stores, signers, now }: Deps) {
  const kept = new Map<string, KeptList>()

  /** The number comes first: whoever has a higher one has read what was revoked after us. */
  async function issue({ signer, isFirst }: HeldRoot): Promise<KeptList> {
    const root = signer.fingerprint
    const number = await stores.revocationLists.takeNumber(root)
    const this_update = now()
    const next_update = new Date(this_update.getTime() + GOOD_FOR)
    // One that ends is named for a while longer, for those whose clocks run behind.
    const ends_after = new Date(this_update.getTime() - DAY).toISOString()
    const revoked = await stores.certificates.listRevoked(root, { isFirst, ends_after })
    const bytes = await signer.signList({ number, this_update, next_update, revoked })
    const list = {
      number,
      this_update: this_update.toISOString(),
      next_update: next_update.toISOString(),
      bytes,
    }
    await stores.revocationLists.keep(root, list)
    return list
  }

  /** The newest that any manager has made. */
  async function newest(held: HeldRoot): Promise<KeptList> {
    const root = held.signer.fingerprint
    const known = await stores.revocationLists.findNumber(root)
    const here = kept.get(root)
    if (here && here.number === known?.number) return here
    const list = (await stores.revocationLists.find(root)) ?? (await issue(held))
    kept.set(root, list)
    return list
  }

  return {
    /** A new list of each root, with all that is revoked by now. */
    async issue(): Promise<void> {
      for (const held of signers()) await issue(held)
    },

    /** New lists in the place of those that are a day old. */
    async renew(): Promise<void> {
      const old = new Date(now().getTime() - RENEWED_AFTER).toISOString()
      for (const held of signers()) {
        const known = await stores.revocationLists.findNumber(held.signer.fingerprint)
        if (!known || known.this_update < old) await issue(held)
      }
    },

    /** By the fingerprint of the root, without `sha256:`; nothing where it is no root that counts. */
    async find(root: string): Promise<KeptList | undefined> {
      const held = signers().find(({ signer }) => signer.fingerprint === `sha256:${root}`)
      return held && newest(held)
    },

    /** All of them, as agents keep them. */
    pems: (): Promise<string[]> =>
      Promise.all(signers().map(async (held) => inPem('X509 CRL', (await newest(held)).bytes))),
  }
}
