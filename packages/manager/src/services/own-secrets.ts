import type { Stores } from '../db/open.ts'
import { newId } from '../db/id.ts'
import { authority, createRoot, type Authority } from '../pki/authority.ts'
import { newKeyPair, publicKeyOf } from '../pki/key-pair.ts'
import type { Keys } from '../pki/keys.ts'
import { managerIdentity } from '../pki/profiles.ts'
import { newTokenKey, tokens } from './tokens.ts'

type Deps = { stores: Stores; keys: Keys; now: () => Date }

/** Who this manager is to its agents. */
export type ManagerIdentity = { urn: string; certificate: string; private_key: string }

/** What a manager makes for itself at its first start, keeps sealed, and finds again at every other. */
export function ownSecrets({ stores, keys, now }: Deps) {
  /** Of several managers that start for the first time at once, all go on with what the first one made. */
  async function once<Secret>(name: string, make: () => Secret | Promise<Secret>): Promise<Secret> {
    const known = await stores.secrets.find(name)
    if (known !== undefined) return JSON.parse(keys.open(name, known)) as Secret
    const sealed = keys.seal(name, JSON.stringify(await make()))
    return JSON.parse(keys.open(name, await stores.secrets.addOnce(name, sealed))) as Secret
  }

  return {
    async authority(): Promise<Authority> {
      return authority({ ...(await once('authority', () => createRoot(now()))), now })
    },

    /** The key stays; the certificate for it is made anew at each start. */
    async identity(issuer: Authority): Promise<ManagerIdentity> {
      const { id, key_pem } = await once('identity', newIdentity)
      const { cert_pem } = await issuer.issue('manager', { id }, publicKeyOf(key_pem))
      return { urn: managerIdentity(id), certificate: cert_pem, private_key: key_pem }
    },

    tokens: async () => tokens(await once('token-key', newTokenKey)),
  }
}

const newIdentity = () => ({ id: newId(), key_pem: newKeyPair().key_pem })
