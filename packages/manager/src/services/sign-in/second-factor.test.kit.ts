import { setTimeout } from 'node:timers/promises'
import type { BuiltInRole } from '@linux-patch/shared/permissions'
import { Failure } from '@linux-patch/shared/failure'
import { generate } from 'otplib'
import type { Sent } from '../../http/asker.test.kit.ts'
import { networkOf } from '../../http/limits.ts'
import type { Manager } from '../../start/manager.test.kit.ts'
import { attemptService } from './attempts.ts'
import type { ManagerCall } from '../caller.ts'
import { sessionOpening } from './session-opening.ts'

/** For tests only: the code that a phone shows at that time. */
export const codeAt = (secret: string, at: Date) =>
  generate({ secret, epoch: Math.floor(at.getTime() / 1000) })

/** How many succeed of so many at once. */
export async function winsOf(count: number, one: () => Promise<unknown>): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: count }, one))
  return results.filter(({ status }) => status === 'fulfilled').length
}

const STEP_MS = 30_000

/** A phone by the real time: each code is of a later step than the one before, and counts for half a minute at least. */
export function phoneOf(secret: string) {
  let step = 0
  return async () => {
    step = Math.max(step + 1, Math.floor(Date.now() / STEP_MS))
    await setTimeout(Math.max(0, (step - 1) * STEP_MS - Date.now()))
    return codeAt(secret, new Date(step * STEP_MS))
  }
}

type World = Pick<Manager, 'person' | 'as' | 'now' | 'pass'>

/** Somebody whose second factor is on. */
export async function withPhone(world: World, role: BuiltInRole = 'operator') {
  const person = await world.person(role)
  const api = world.as(person.token)
  const { secret } = await api.setUpMfa()
  const verified = await api.verifyMfa({ code: await codeAt(secret, world.now()) })
  if (!('recovery_codes' in verified)) throw new Error('A setup ended in tokens.')
  const { username, password } = person
  return {
    ...person,
    ...verified,
    secret,
    api,
    /** The code of the next time step: each counts once. */
    async nextCode() {
      world.pass(STEP_MS)
      return codeAt(secret, world.now())
    },
    /** Gives the password, and answers what the code is to come with. */
    challenge: () => challengeOf(world, { username, password }),
  }
}

export async function challengeOf(
  world: World,
  { username, password }: { username: string; password: string },
  sent: Sent = {},
): Promise<string> {
  try {
    await world.as(undefined, sent).login({ username, password })
  } catch (error) {
    if (error instanceof Failure && error.code === 'mfa_required')
      return String(error.details.mfa_token)
    throw error
  }
  throw new Error('The password alone was enough.')
}

/** Somebody whom another system let in a moment ago, and who has no password here. */
export async function fromProvider(world: Manager, role: BuiltInRole) {
  const user = await world.stores.users.add({
    username: 'joan',
    password_hash: '',
    role,
    provider: 'oidc',
    must_change_password: false,
    created_at: world.now().toISOString(),
  })
  const call = { caller: null, peer: '127.0.0.1', request_id: 'request', user_agent: '' }
  const opened = await openingOf(world).open(user, call as ManagerCall, { way: 'oidc' })
  return { api: world.as(opened.access_token) }
}

function openingOf({ database, tokens, settings, now }: Manager) {
  const security = () => settings.get('security')
  const attempts = attemptService({ database, security, networkOf, now })
  return sessionOpening({ database, tokens, attempts, security, now })
}
