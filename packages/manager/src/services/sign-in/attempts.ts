import type { Security } from '@linux-patch/shared/settings'
import { EVERY, type AttemptRecord, type Place } from '../../db/sign-in/attempts.ts'
import type { Database, Stores } from '../../db/open.ts'
import { comparedName } from '../../db/people/user-name.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { accountLocked } from './sign-in-failures.ts'

type Rules = Pick<Security, 'lockout_attempts' | 'lockout_minutes'>
type Deps = {
  database: Database
  security: () => Promise<Rules>
  /** What of an address one attacker has all of. */
  networkOf: (address: string) => string
  now: () => Date
}

/** A password or a code that somebody offers under a name, and what it is for. */
type Attempt = {
  call: ManagerCall
  username: string
  user_id: string | null
  action: string
  isRight: () => Promise<boolean>
  /** What a wrong one is answered. */
  wrong: () => Error
}

const HOUR = 3_600_000
const FORGOTTEN_MS = 24 * HOUR
const FAMILIAR_MS = 30 * 24 * HOUR
/** A name from everywhere, and an address with all names, are locked after so many times as many failures. */
const WIDE = 10
/** Each further lock lasts twice as long, up to so many times the first. */
const LONGEST = 16

export type Attempts = ReturnType<typeof attemptService>

/**
 * Judges every password and code that somebody offers, and locks whoever guesses: a name from an address, a name
 * from everywhere, an address with every name. From where its owner has signed in before, a name is locked by the
 * failures there alone, so that nobody can lock him out from elsewhere. The answer, and when it comes, is the same for
 * a name that nobody has: each try is judged whether locked or not, and one under a lock, right or wrong, counts as a
 * failure at the places that are not locked.
 */
export function attemptService({ database, security, networkOf, now }: Deps) {
  const placeOf = ({ username, call }: Pick<Attempt, 'username' | 'call'>): Place => ({
    name: comparedName(username),
    address: networkOf(call.peer),
  })

  /** Counts one more failure at each of these places, and locks those where there are too many. */
  async function count({ attempts }: Stores, places: Place[], at: Date, rules: Rules) {
    const { lockout_attempts, lockout_minutes } = rules
    for (const place of places) {
      const limit = lockout_attempts * (isWide(place) ? WIDE : 1)
      const failures = await attempts.count(place, at.toISOString(), before(at, FORGOTTEN_MS))
      if (failures === undefined || failures % limit !== 0) continue
      const times = Math.min(LONGEST, 2 ** (failures / limit - 1))
      await attempts.lock(place, before(at, -times * lockout_minutes * 60_000))
    }
  }

  /** Throws where it is wrong, or where too many were. Those are on record. */
  async function judge({ isRight, wrong, ...attempt }: Attempt): Promise<void> {
    const right = await isRight()
    const rules = await security()
    const at = now()
    const place = placeOf(attempt)
    // In the order in which the store takes several.
    const places = [{ ...place, name: EVERY }, { ...place, address: EVERY }, place]
    const until = await database.transaction(async (stores) => {
      const known = []
      for (const place of places) known.push(await stores.attempts.find(place))
      const until = lockedUntil(known, at)
      if (right && (until === null || isOpenTo(known.at(-1), at))) return 'let in'
      await count(stores, places, at, rules)
      const { call, username, user_id, action } = attempt
      const what = { action, target_type: 'user', target_id: user_id, outcome: 'refused' } as const
      const details = { username, ...(until !== null && { locked_until: until }) }
      await stores.audit.append(entryFor(call, at, { ...what, details }))
      return until
    })
    if (until === 'let in') return
    throw until === null ? wrong() : accountLocked(until, at)
  }

  return {
    judge,
    /** Whoever signs in has nothing against him there any more, and is known there. */
    forgive: ({ attempts }: Stores, username: string, call: ManagerCall) =>
      attempts.setSignedIn(placeOf({ username, call }), now().toISOString()),
  }
}

/** Lets a name in again wherever it was locked. */
export const unlock = ({ attempts }: Stores, username: string) =>
  attempts.unlock(comparedName(username))

/** Until when each of these names is locked, wherever that is; what is not is left out. */
export async function locksOf(
  { attempts }: Pick<Stores, 'attempts'>,
  usernames: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  const locks = await attempts.lastLocks(usernames.map(comparedName), now.toISOString())
  return new Map(
    usernames.flatMap((username) => {
      const until = locks.get(comparedName(username))
      return until === undefined ? [] : [[username, until]]
    }),
  )
}

/** Removes what does not count any more. */
export const purgeAttempts = ({ attempts }: Stores, now: Date) =>
  attempts.purge(
    { failed: before(now, FORGOTTEN_MS), signed_in: before(now, FAMILIAR_MS) },
    now.toISOString(),
  )

const isWide = ({ name, address }: Place) => name === EVERY || address === EVERY
const before = (at: Date, ms: number) => new Date(at.getTime() - ms).toISOString()

const isLocked = (known: AttemptRecord | undefined, at: Date) =>
  (known?.locked_until ?? '') > at.toISOString()

/** The last of the locks that hold, or null. */
const lockedUntil = (known: (AttemptRecord | undefined)[], at: Date) =>
  known
    .filter((record) => isLocked(record, at))
    .map((record) => record?.locked_until ?? '')
    .toSorted()
    .at(-1) ?? null

/** Whether somebody of this name has signed in from there before, and is not locked there. */
const isOpenTo = (known: AttemptRecord | undefined, at: Date) =>
  (known?.signed_in_at ?? '') > before(at, FAMILIAR_MS) && !isLocked(known, at)
