import type { Revoking } from '../../db/certificates/revoked.ts'
import type { Stores } from '../../db/open.ts'
import type { Revocation } from '../certificates/revocation.ts'

/** More than one host ever has in force. */
const MOST = 1000

/** Revokes all certificates that a host has in force. Answers how many. `published` has to follow. */
export async function revokeAllOf(
  { revoke }: Pick<Revocation, 'revoke'>,
  stores: Stores,
  { host_id, ...revoking }: Revoking & { host_id: string },
): Promise<number> {
  const inForce = { host_id, status: 'active' as const, limit: MOST, offset: 0 }
  const { rows } = await stores.certificates.list(inForce)
  const ids = rows.map(({ id }) => id)
  return (await revoke(stores, ids, revoking)).length
}
