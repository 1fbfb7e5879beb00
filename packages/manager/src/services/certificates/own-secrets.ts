import { Failure } from '@linux-patch/shared/failure'
import type { RootRecord } from '../../db/certificates/authority-roots.ts'
import { chainOf, newChainKeys, type Chain } from '../../db/audit/chain.ts'
import type { Database } from '../../db/open.ts'
import { newId } from '../../db/id.ts'
import { authority, createRoot, type Root } from '../../pki/authority.ts'
import { fingerprintOf } from '../../pki/fingerprint.ts'
import { newKeyPair, publicKeyOf } from '../../pki/key-pair.ts'
import type { Keys } from '../../pki/keys.ts'
import { holdKeys } from './held-keys.ts'
import { FIRST_ROOT, readRoots, type Roots } from './roots.ts'
import { newTokenKey, tokens, type TokenRing } from '../sign-in/tokens.ts'

type Deps = { database: Database; keys: Keys; now: () => Date }

/** Who this manager is to its agents. */
export type ManagerKey = { id: string; key_pem: string }

/** What a manager makes for itself at its first start, keeps sealed, and finds again at every other. */
export function ownSecrets({ database, keys, now }: Deps) {
  const { stores } = database
  const opened = <Secret>(name: string, sealed: string) =>
    JSON.parse(keys.open(name, sealed)) as Secret

  /** Of several managers that start for the first time at once, all go on with what the first one made. */
  async function once<Secret>(name: string, make: () => Secret | Promise<Secret>): Promise<Secret> {
    const known = await stores.secrets.find(name)
    if (known !== undefined) return opened(name, known)
    const sealed = keys.seal(name, JSON.stringify(await make()))
    return database.transaction(async (stores) => {
      await holdKeys(stores, keys)
      return opened(name, await stores.secrets.addOnce(name, sealed))
    })
  }

  /** Of several that replace it at once, all go on with what the first one made. */
  async function anew<Secret>(name: string, make: (before: Secret) => Secret): Promise<Secret> {
    const sealed = await stores.secrets.get(name)
    // With the key that it is sealed under, so that it is replaced by what the same one opens.
    const before = opened<Secret>(name, sealed)
    await stores.secrets.replace(name, sealed, keys.seal(name, JSON.stringify(make(before))))
    return opened(name, await stores.secrets.get(name))
  }

  return {
    /** `published_at`: below which address its certificates say that lists are found. */
    async roots(published_at: string | null): Promise<Roots> {
      const { authorityRoots, secrets } = stores
      const open = async ({ secret_name }: Pick<RootRecord, 'secret_name'>) => {
        const root = opened<Root>(secret_name, await secrets.get(secret_name))
        return authority({ ...root, now, published_at })
      }
      const { cert_pem } = await once(FIRST_ROOT, () => createRoot(now()))
      const { fingerprint } = await open({ secret_name: FIRST_ROOT })
      const stage_since = now().toISOString()
      await authorityRoots.addFirst({ fingerprint, cert_pem, secret_name: FIRST_ROOT, stage_since })
      return readRoots({ authorityRoots, open, now })
    },

    /** The same at every start, but for the key where a certificate for it was revoked. */
    async identity(): Promise<ManagerKey> {
      const known = await once('identity', () => ({ id: newId(), ...newKey() }))
      const spki_hash = fingerprintOf(publicKeyOf(known.key_pem).rawData)
      if (!(await stores.certificates.isKeyRevoked(spki_hash))) return known
      return anew<ManagerKey>('identity', () => ({ ...known, ...newKey() }))
    },

    /** What its audit is linked by. Never made anew for a chain that there is: with another key it would look forged. */
    async chain(): Promise<Chain> {
      const head = await stores.auditWalk.head()
      const isBegun = head?.mac !== ''
      if (isBegun && (await stores.secrets.find(AUDIT_KEY)) === undefined) throw keyIsGone()
      return chainOf(await once(AUDIT_KEY, newChainKeys))
    },

    tokens: () =>
      tokens({
        ring: () => once<TokenRing>(TOKEN_KEYS, async () => ({ keys: [await newTokenKey(now())] })),
        replace: (make) => anew(TOKEN_KEYS, make),
        now,
      }),
  }
}

const AUDIT_KEY = 'audit-key'
const TOKEN_KEYS = 'token-keys'
const keyIsGone = () =>
  new Failure(
    'unavailable',
    'The database has an audit, but its key is gone: somebody removed the secret audit-key. Restore the database from a backup.',
  )

const newKey = () => ({ key_pem: newKeyPair().key_pem })
