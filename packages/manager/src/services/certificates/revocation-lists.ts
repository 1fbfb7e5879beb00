import type { KeptList } from '../../db/certificates/revocation-lists.ts'
import type { Stores } from '../../db/open.ts'
import { isOn } from '../../pki/crl.ts'
import { inPem } from '../../pki/pem.ts'
import type { HeldRoot } from './roots.ts'

type Deps = {
  stores: Pick<Stores, 'certificates' | 'revocationLists'>
  signers: () => HeldRoot[]
  now: () => Date
}

export type RevocationLists = ReturnType<typeof revocationLists>

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** What a list is good for, and how old it gets: hosts go on for six days without us and without a warning. */
const GOOD_FOR = 7 * DAY
const RENEWED_AFTER = DAY
/** By then whoever revoked a certificate has published that, or never will. */
const PUBLISHED_AFTER = 5000

/**
 * Hosts take no list with a lower number than they had. By the time it is higher than all before it also in a
 * database that was restored and has forgotten some.
 */
const seconds = (time: Date) => Math.floor(time.getTime() / 1000)

/** The lists of revoked certificates, one for each root. */
export function revocationLists({ stores, signers, now }: Deps) {
  const kept = new Map<string, KeptList>()

  /** The number comes first: whoever has a higher one has read what was revoked after us. */
  async function issue({ signer, isFirst }: HeldRoot): Promise<KeptList> {
    const root = signer.fingerprint
    const number = await stores.revocationLists.takeNumber(root, seconds(now()))
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

  /** Whether it lacks something: who revoked that was stopped, or failed, before the list was made. */
  async function isBehind({ signer, isFirst }: HeldRoot, list: KeptList): Promise<boolean> {
    const ago = (ms: number) => new Date(now().getTime() - ms).toISOString()
    const revoked = await stores.certificates.listRevoked(signer.fingerprint, {
      isFirst,
      ends_after: ago(0),
      // An hour, for managers whose clocks differ.
      since: new Date(Date.parse(list.this_update) - HOUR).toISOString(),
    })
    const published = ago(PUBLISHED_AFTER)
    return revoked.some(
      ({ serial, revoked_at }) => revoked_at < published && !isOn(list.bytes, serial),
    )
  }

  return {
    /** A new list of each root, with all that is revoked by now. */
    async issue(): Promise<void> {
      for (const held of signers()) await issue(held)
    },

    /** New lists in the place of those that are a day old, or lack something. Answers whether any did. */
    async renew(): Promise<boolean> {
      const old = new Date(now().getTime() - RENEWED_AFTER).toISOString()
      let wasBehind = false
      for (const held of signers()) {
        const list = await newest(held)
        const lacks = await isBehind(held, list)
        if (lacks || list.this_update < old) await issue(held)
        wasBehind ||= lacks
      }
      return wasBehind
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
