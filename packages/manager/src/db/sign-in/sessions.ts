import { Failure } from '@linux-patch/shared/failure'
import { newId } from '../id.ts'
import { lockedIn } from '../locked-in.ts'
import type { Db, Engine, Row } from '../schema.ts'
import { toUser } from '../people/users.ts'
import { within } from '../within.ts'

export type Sessions = ReturnType<typeof sessionStore>
export type SessionRecord = Row<'session'>
/** By whose word a session was opened. */
export type SsoOrigin = Pick<SessionRecord, 'sso_subject' | 'sso_sid'>
/** Nobody's but that of its user. */
export const ownWord: SsoOrigin = { sso_subject: null, sso_sid: null }
type NewSession = Omit<SessionRecord, 'id' | 'revoked_at' | 'last_used_at' | keyof SsoOrigin> &
  Partial<SsoOrigin> & { refresh_hash: string }

/**
 * `reused`: a token that was traded before is offered again, so somebody has a copy: its session is revoked.
 * `just_used`: the same, but so soon after that it is the reply that got lost, or a second tab.
 */
type Rotation = SessionRecord | 'unknown' | 'reused' | 'just_used'
const LOST_REPLY_SECONDS = 10

export const sessionStore = (db: Db, engine: Engine) => ({
  add: ({ refresh_hash, ...session }: NewSession): Promise<SessionRecord> =>
    within(db, async (db) => {
      const row = {
        ...ownWord,
        ...session,
        id: newId(),
        last_used_at: session.created_at,
        revoked_at: null,
      }
      await db.insertInto('session').values(row).execute()
      await addToken(db, row.id, refresh_hash)
      return row
    }),

  async get(id: string): Promise<SessionRecord> {
    const row = await db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new Failure('not_found', 'There is no such session.')
    return row
  },

  find: (id: string): Promise<SessionRecord | undefined> =>
    db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst(),

  /** Whose token this is or was, traded or not, revoked or not. */
  findByToken: (hash: string): Promise<SessionRecord | undefined> =>
    db
      .selectFrom('session')
      .innerJoin('refresh_token', 'session_id', 'session.id')
      .selectAll('session')
      .where('hash', '=', hash)
      .executeTakeFirst(),

  /** Those of a user that go on, newest first. */
  listLive: (user_id: string, now: string): Promise<SessionRecord[]> =>
    db
      .selectFrom('session')
      .selectAll()
      .where('user_id', '=', user_id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute(),

  /** Trades one refresh token for the next. Of two who offer the same one, one gets a session. */
  rotate: (oldHash: string, newHash: string, now: string): Promise<Rotation> =>
    within(db, async (db) => {
      await holdSessionOf(db, engine, oldHash)
      const used = await db
        .updateTable('refresh_token')
        .set({ used_at: now })
        .where('hash', '=', oldHash)
        .where('used_at', 'is', null)
        .returning('session_id')
        .executeTakeFirst()
      if (!used) return judgeReuse(db, oldHash, now)

      const session = await useLive(db, used.session_id, now)
      if (!session) return 'unknown'
      await addToken(db, session.id, newHash)
      return session
    }),

  /** Of these sessions those that live, with the user of each, who may sign in. */
  async listHolders(ids: readonly string[], now: string) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('session')
      .innerJoin('user', 'user.id', 'session.user_id')
      .selectAll('user')
      .select(['session.id as session_id', 'session.confirmed_at'])
      .where('session.id', 'in', ids)
      .where('session.revoked_at', 'is', null)
      .where('session.expires_at', '>', now)
      .where('user.is_active', '=', 1)
      .execute()
    return rows.map(({ session_id, confirmed_at, ...user }) => ({
      session_id,
      confirmed_at,
      user: toUser(user),
    }))
  },

  revoke: (id: string, now: string): Promise<void> => revoke(db, id, now),

  /** Somebody has just proved in it who he is. */
  async confirm(id: string, now: string): Promise<void> {
    await db.updateTable('session').set({ confirmed_at: now }).where('id', '=', id).execute()
  },

  /** Ends every session of a user but one, or all of them. */
  async revokeAll(user_id: string, exceptId: string | null, now: string): Promise<void> {
    await db
      .updateTable('session')
      .set({ revoked_at: now })
      .where('user_id', '=', user_id)
      .where('revoked_at', 'is', null)
      .$if(exceptId !== null, (query) => query.where('id', '!=', exceptId))
      .execute()
  },

  async purgeExpired(now: string): Promise<void> {
    await db.deleteFrom('session').where('expires_at', '<=', now).execute()
  },
})

/** Before its tokens, as where its user is removed, with whom both go: so that neither waits for the other. */
async function holdSessionOf(db: Db, engine: Engine, hash: string) {
  const session = db
    .selectFrom('session')
    .select('id')
    .where('id', 'in', (of) =>
      of.selectFrom('refresh_token').select('session_id').where('hash', '=', hash),
    )
  await lockedIn(engine)(session).execute()
}

async function addToken(db: Db, session_id: string, hash: string) {
  await db.insertInto('refresh_token').values({ hash, session_id, used_at: null }).execute()
}

async function revoke(db: Db, id: string, now: string) {
  await db
    .updateTable('session')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

const useLive = (db: Db, id: string, now: string) =>
  db
    .updateTable('session')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()

async function judgeReuse(db: Db, hash: string, now: string) {
  const token = await db
    .selectFrom('refresh_token')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst()
  if (!token?.used_at) return 'unknown'

  const seconds = (Date.parse(now) - Date.parse(token.used_at)) / 1000
  if (seconds <= LOST_REPLY_SECONDS) return 'just_used'
  await revoke(db, token.session_id, now)
  return 'reused'
}
