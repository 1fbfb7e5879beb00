import { newKeyPair, type PublicKey } from '../../pki/key-pair.ts'
import { readRequest } from '../../pki/request.ts'

/** The key of whoever sent a certificate request, which stays with him; for others a new one, told once. */
export async function keyFor(
  csr_pem: string | undefined,
): Promise<{ publicKey: PublicKey; key_pem: string | null }> {
  if (csr_pem === undefined) return newKeyPair()
  const { publicKey } = await readRequest(csr_pem)
  return { publicKey, key_pem: null }
}
