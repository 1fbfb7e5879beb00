import { newKeyPair, type PublicKey } from '../../pki/key-pair.ts'
import { readRequest } from '../../pki/request.ts'
import type { ManagerCall } from '../caller.ts'

/** The key of whoever sent a certificate request, which stays with him; for others a new one, told once. */
export async function keyFor(
  csr_pem: string | undefined,
): Promise<{ publicKey: PublicKey; key_pem: string | null }> {
  if (csr_pem === undefined) return newKeyPair()
  const { publicKey } = await readRequest(csr_pem)
  return { publicKey, key_pem: null }
}

/** Nobody on the way may keep an answer that may hold a key. */
export function unkept<Answer>({ headers }: ManagerCall, answer: Answer): Answer {
  headers['Cache-Control'] = 'no-store'
  return answer
}
