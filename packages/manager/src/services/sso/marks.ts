import { createHmac } from 'node:crypto'
import type { Marks } from '../../oidc/flow.ts'

/**
 * What one sign-in is recognised by. All of it follows from the secret that the browser keeps, so that nothing of it
 * is stored, any manager can go on with it, and another browser cannot. It is random to whoever has not the secret.
 */
export function marksOf(browser: string): Marks {
  const mark = (name: string) => createHmac('sha256', browser).update(name).digest('base64url')
  return { state: mark('state'), nonce: mark('nonce'), code_verifier: mark('code_verifier') }
}
