import { client, type Incoming, type Transport } from '@linux-patch/shared/client'
import { ManagerFailure } from '@linux-patch/shared/envelope'
import { Failure } from '@linux-patch/shared/failure'
import { managerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import type { Tokens } from '@linux-patch/shared/user'
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
  if (!isUnauthorized(incoming)) return incoming
  if (accessToken === used) await renew()
  return carry(request)
}

function isUnauthorized({ status, body }: Incoming) {
  if (status !== 401) return false
  try {
    return ManagerFailure.parse(JSON.parse(body)).error.code === 'unauthorized'
  } catch {
    return false // A proxy's page, perhaps: unwrapBare has the words for it.
  }
}

/** What the manager can be asked, by whoever is signed in. */
export const api = client(managerApi, carryAgain, unwrapBare)
const gate = client(managerApi, carry, unwrapBare)

let renewal: Promise<void> | null = null

/**
 * Trades the refresh cookie for a new access token. One trade at a time, in all tabs together:
 * a refresh token that is shown twice ends the session.
 */
function renew(): Promise<void> {
  renewal ??= navigator.locks.request('refresh', trade).finally(() => (renewal = null))
  return renewal
}

async function trade() {
  try {
    keep(await gate.refresh({}))
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unauthorized') throw error
    forget()
    throw error
  }
}

export async function signIn(username: string, password: string) {
  keep(await gate.login({ username, password }))
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

function keep({ access_token, user }: Tokens) {
  accessToken = access_token
  setSession({ state: 'signed_in', user })
}

function forget() {
  accessToken = null
  setSession({ state: 'signed_out' })
}
