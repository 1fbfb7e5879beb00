import { Failure } from '@linux-patch/shared/failure'
import type { SecondProof } from '@linux-patch/shared/second-factor'
import { api, forget, gate, keep, renew } from './api.ts'
import { setSession } from './session.ts'

/** Whether the manager wants a second factor, and the word by which the sign-in goes on; null when it is done. */
export async function signIn(username: string, password: string): Promise<string | null> {
  try {
    keep(await gate.login({ username, password }))
    return null
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'mfa_required') throw error
    return String(error.details.mfa_token)
  }
}

/** Ends a sign-in that wants a second factor. */
export async function endSignIn(proof: SecondProof) {
  const answer = await gate.verifyMfa(proof)
  if ('access_token' in answer) keep(answer)
}

/** Leaves the page signed out even if the manager cannot be told. */
export async function signOut() {
  await api.logout().catch(() => undefined)
  forget()
}

/** On load: whoever has the cookie of a session is still signed in. */
export async function openSession() {
  setSession({ state: 'opening' })
  try {
    await renew()
  } catch (error) {
    if (error instanceof Failure && error.code === 'unauthorized') return
    setSession({ state: 'unknown', error })
  }
}
