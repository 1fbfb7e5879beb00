import { Failure } from '@linux-patch/shared/failure'
import type { SecondProof } from '@linux-patch/shared/second-factor'
import type { Tokens } from '@linux-patch/shared/user'
import { forget, gate, keep, renew } from './api.ts'
import { setSession } from './session.ts'
import { notReturned, type Returned } from './sso-return.ts'

export const signIn = (username: string, password: string) =>
  enter(() => gate.login({ username, password }))

/** Lets somebody in, or, where a second factor is wanted as well, as far as to that question. */
async function enter(ask: () => Promise<Tokens>) {
  try {
    keep(await ask())
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'mfa_required') throw error
    setSession({ state: 'code_wanted', mfa_token: String(error.details.mfa_token) })
  }
}

/** Ends a sign-in that wants a second factor. */
export async function endSignIn(proof: SecondProof) {
  const answer = await gate.verifyMfa(proof)
  if ('access_token' in answer) keep(answer)
}

/** Leaves the page signed out even if the manager cannot be told, or goes on to sign out at the provider. */
export async function signOut() {
  const left = await gate.logout().catch(() => undefined)
  forget()
  if (left) location.assign(left.sign_out_url)
}

/** On load: whoever comes back from SSO, or has the cookie of a session, is signed in. */
export async function openSession({ handoff_code, problem }: Returned = notReturned) {
  if (problem !== null) return forget(new Failure('unauthorized', problem))
  setSession({ state: 'opening' })
  try {
    if (handoff_code === null) await renew()
    else await takeOver(handoff_code)
  } catch (error) {
    if (!isSignedOut(error)) setSession({ state: 'unknown', error })
  }
}

/** A code that is worth nothing takes no session from whoever has one. */
async function takeOver(handoff_code: string) {
  try {
    await enter(() => gate.exchangeHandoff({ handoff_code }))
  } catch (error) {
    await renew().catch((ended) => {
      if (!isSignedOut(ended) || !(error instanceof Failure)) throw ended
      forget(error)
    })
  }
}

/** It is the state of the page already. */
const isSignedOut = (error: unknown) => error instanceof Failure && error.code === 'unauthorized'
