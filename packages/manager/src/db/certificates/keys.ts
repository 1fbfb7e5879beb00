import { Failure } from '@linux-patch/shared/failure'
import type { NewCertificate } from './certificates.ts'
import type { Db } from '../schema.ts'

type Owner = Pick<NewCertificate, 'spki_hash' | 'kind' | 'host_id' | 'name'>

/** The first certificate for a key says whose it is. Of two that come at once the second one waits here. */
export async function claimKey(db: Db, owner: Owner) {
  const { spki_hash } = owner
  const identity = identityOf(owner)
  await db
    .insertInto('certificate_key')
    .values({ spki_hash, identity })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const known = await db
    .selectFrom('certificate_key')
    .select('identity')
    .where('spki_hash', '=', spki_hash)
    .executeTakeFirstOrThrow()
  if (known.identity === identity) return
  throw new Failure(
    'conflict',
    'This public key is, or was, in the certificate of another identity: make a new key.',
  )
}

const identityOf = ({ kind, host_id, name }: Owner) =>
  kind === 'agent' ? `host:${host_id}` : name ? `${kind}:${name}` : kind
