import { stat } from 'node:fs/promises'
import { Failure } from '@linux-patch/shared/failure'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { accountStore } from './people/accounts.ts'
import { apiTokenStore } from './people/api-tokens.ts'
import { activeJobsOf } from './jobs/active.ts'
import { auditStore, type PutOnRecord } from './audit/audit.ts'
import type { Chain } from './audit/chain.ts'
import { checkpointStore } from './audit/checkpoints.ts'
import { auditListStore } from './audit/list.ts'
import { auditWalk } from './audit/walk.ts'
import { append, beginChain, type Linking } from './audit/link.ts'
import type { Recorded } from './audit/tables.ts'
import { attemptStore } from './sign-in/attempts.ts'
import { certificateListStore } from './certificates/list.ts'
import { certificateRequestStore } from './certificates/requests.ts'
import { authorityRootStore } from './certificates/authority-roots.ts'
import { certificateStore } from './certificates/certificates.ts'
import { dialectOf, engineOf, fileOf } from './dialects.ts'
import { enrollmentStore } from './enrollment/enrollments.ts'
import { groupStore } from './people/groups.ts'
import { hostCertificateStore } from './certificates/host-certificates.ts'
import { hostStore } from './hosts/hosts.ts'
import { jobStore } from './jobs/jobs.ts'
import { joinCodeStore } from './enrollment/join-codes.ts'
import { migrationsFor } from './migrations.ts'
import { namedHosts } from './certificates/named-hosts.ts'
import type { Db, Engine, Schema } from './schema.ts'
import { recoveryCodeStore } from './sign-in/recovery-codes.ts'
import { roleStore } from './people/roles.ts'
import { revocationListStore } from './certificates/revocation-lists.ts'
import { secondFactorStore } from './sign-in/second-factors.ts'
import { secretStore } from './secrets.ts'
import { sessionStore } from './sign-in/sessions.ts'
import { signInChallengeStore } from './sign-in/sign-in-challenges.ts'
import { settingStore } from './settings/settings.ts'
import { ssoStore } from './sign-in/sso.ts'
import { ssoLogoutStore } from './sign-in/sso-logouts.ts'
import { ssoUserStore } from './sign-in/sso-users.ts'
import { userStore } from './people/users.ts'

export type Stores = ReturnType<typeof storesOn>
export type Database = {
  stores: Stores
  /** All of it happens or none. Inside, only the stores that are given may be used. */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>
  /** The same database, once the keys of its audit are open: before, nothing can be put on record. */
  chained(chain: Chain): Promise<Database>
  /** Throws when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Opens a database and brings its tables up to date. */
export async function openDatabase(url: string): Promise<Database> {
  const engine = engineOf(url)
  const db = new Kysely<Schema>({ dialect: dialectOf(url) })
  try {
    await migrate(db, engine)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return databaseOn(db, engine)
}

/** The same, but a SQLite file that is not there is refused, and not made. */
export async function openExisting(url: string): Promise<Database> {
  if (engineOf(url) === 'sqlite') await stat(fileOf(url))
  return openDatabase(url)
}

function databaseOn(db: Db, engine: Engine, chain?: Chain): Database {
  const linking = () => ({ engine, chain: open(chain) })
  const put: PutOnRecord = (record) =>
    db.transaction().execute((db) => append(db, linking(), [record]))
  return {
    stores: storesOn(db, engine, { put, linking }),
    transaction: (work) =>
      db.transaction().execute(async (db) => {
        const records: Recorded[] = []
        const put: PutOnRecord = async (record) => void records.push(record)
        const answer = await work(storesOn(db, engine, { put, linking }))
        if (records.length > 0) await append(db, linking(), records)
        return answer
      }),
    async chained(chain) {
      await beginChain(db, { engine, chain })
      return databaseOn(db, engine, chain)
    },
    async ping() {
      await sql`select 1`.execute(db)
    },
    close: () => db.destroy(),
  }
}

function open(chain: Chain | undefined): Chain {
  if (chain) return chain
  throw new Error('Nothing can be put on record before the keys of the audit are open.')
}

type Recording = { put: PutOnRecord; linking: () => Linking }

const storesOn = (db: Db, engine: Engine, { put, linking }: Recording) => ({
  users: userStore(db, engine),
  accounts: accountStore(db, engine),
  roles: roleStore(db, engine),
  apiTokens: apiTokenStore(db),
  sessions: sessionStore(db, engine),
  attempts: attemptStore(db, engine),
  secondFactors: secondFactorStore(db),
  recoveryCodes: recoveryCodeStore(db),
  signInChallenges: signInChallengeStore(db),
  enrollments: enrollmentStore(db),
  joinCodes: joinCodeStore(db),
  hosts: hostStore(db),
  groups: groupStore(db, engine),
  namedHosts: namedHosts(db),
  activeJobsOf: activeJobsOf(db),
  certificates: certificateStore(db),
  hostCertificates: hostCertificateStore(db, engine),
  certificateList: certificateListStore(db),
  certificateRequests: certificateRequestStore(db),
  jobs: jobStore(db, engine),
  authorityRoots: authorityRootStore(db),
  revocationLists: revocationListStore(db),
  secrets: secretStore(db, engine),
  audit: auditStore(db, put),
  auditCheckpoints: checkpointStore(db, linking),
  auditList: auditListStore(db),
  auditWalk: auditWalk(db),
  settings: settingStore(db, engine),
  sso: ssoStore(db),
  ssoUsers: ssoUserStore(db),
  ssoLogouts: ssoLogoutStore(db),
})

/** In one transaction, and one manager at a time: others that start now wait, and find it done. */
const migrate = (db: Db, engine: Engine) =>
  db.transaction().execute(async (db) => {
    if (engine === 'postgres') await sql`select pg_advisory_xact_lock(7081720)`.execute(db)
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(migrationsFor(engine)) },
    })
    const { error } = await migrator.migrateToLatest()
    if (error) throw notUpToDate(error)
  })

/** Steps that this version does not know look like damage to the migrator. */
const notUpToDate = (cause: unknown) =>
  /previously executed migration .* is missing/.test(String(cause))
    ? new Failure('unavailable', 'The database was made by a newer version.', { cause })
    : new Error('The tables of the database cannot be brought up to date.', { cause })
