import { client, type Incoming, type Transport } from '@linux-patch/shared/client'
import { ManagerFailure } from '@linux-patch/shared/envelope'
import { Failure } from '@linux-patch/shared/failure'
import { managerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import type { Tokens } from '@linux-patch/shared/user'
import { askForProof } from './proof.ts'
import { setSession } from './session.ts'

/** In memory alone: what a script could read from storage, a foreign script could too. */
let accessToken: string | null = null

const carry: Transport = async ({ path, headers, ...rest }) => {
  const authorization = accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }
  try {
    const response = await fetch(path, { ...rest, headers: { ...headers, ...authorization } })
    return { status: response.status, body: await response.text() }
  } catch (cause) {
    if (rest.signal?.aborted) throw cause
    throw new Failure('unavailable', 'The manager does not answer. Is it running?', { cause })
  }
}

/** Carries a request; if the access token has run out, gets a new one and asks once more. */
const carryAgain: Transport = async (request) => {
  const used = accessToken
  const incoming = await carry(request)
  if (refusalOf(incoming).code !== 'unauthorized') return incoming
  if (accessToken === used) await renew()
  return carry(request)
}

/** Where the manager wants a proof of who asks, gets it from the person, and asks once more. */
const carryProved: Transport = async (request) => {
  const incoming = await carryAgain(request)
  const { code, details } = refusalOf(incoming)
  if (code === 'step_up_required' && (await askForProof(details.methods)))
    return carryAgain(request)
  // What the person may or must do has changed since the page was told.
  if (code !== null && changes.includes(code)) void readMe().catch(() => undefined)
  return incoming
}

const changes = ['forbidden_role', 'password_reset_required', 'mfa_setup_required']
const notRefused = { code: null, details: {} as Record<string, unknown> }

function refusalOf({ status, body }: Incoming) {
  if (status !== 401 && status !== 403) return notRefused
  try {
    return ManagerFailure.parse(JSON.parse(body)).error
  } catch {
    return notRefused // A proxy's page, perhaps: unwrapBare has the words for it.
  }
}

/** What the manager can be asked, by whoever is signed in. */
export const api = client(managerApi, carryProved, unwrapBare)
/** The same for what leads in, whose refusals are answers. */
export const gate = client(managerApi, carry, unwrapBare)

let renewal: Promise<void> | null = null

/**
 * Trades the refresh cookie for a new access token. One trade at a time, in all tabs together:
 * a refresh token that is shown twice ends the session.
 */
export function renew(): Promise<void> {
  renewal ??= navigator.locks.request('refresh', trade).finally(() => (renewal = null))
  return renewal
}

const ended = new Failure('unauthorized', 'Your session has ended. Sign in again.')

async function trade() {
  try {
    keep(await gate.refresh({}))
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unauthorized') throw error
    forget(accessToken === null ? null : ended)
    throw error
  }
}

/** Reads anew who is signed in, and what he may do. */
export async function readMe() {
  setSession({ state: 'signed_in', user: await api.getMe() })
}

export function keep({ access_token, user }: Tokens) {
  accessToken = access_token
  setSession({ state: 'signed_in', user })
}

/** `because`: what to tell somebody who did not sign out himself. */
export function forget(because: Failure | null = null) {
  accessToken = null
  setSession({ state: 'signed_out', because })
}
