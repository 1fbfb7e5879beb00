import type { Migration } from 'kysely/migration'
import { firstTables } from './migrations/0001-first-tables.ts'
import { certificateFetched } from './migrations/0002-certificate-fetched.ts'
import { jobsThatFollow } from './migrations/0003-jobs-that-follow.ts'
import { certificatesThatEnd } from './migrations/0004-certificates-that-end.ts'
import { waysIn } from './migrations/0005-ways-in.ts'
import { certificatesThatFollow } from './migrations/0006-certificates-that-follow.ts'
import { certificateRequests } from './migrations/0007-certificate-requests.ts'
import { numbersOfLists } from './migrations/0008-numbers-of-lists.ts'
import { people } from './migrations/0009-people.ts'
import { auditChain } from './migrations/0010-audit-chain.ts'
import { attempts } from './migrations/0011-attempts.ts'
import { secondFactors } from './migrations/0012-second-factors.ts'
import { settingTable } from './migrations/0013-settings.ts'
import { tokens } from './migrations/0014-tokens.ts'
import { singleSignOn } from './migrations/0015-single-sign-on.ts'
import { sessionsOfProviders } from './migrations/0016-sessions-of-providers.ts'
import { agesOfAccounts } from './migrations/0017-ages-of-accounts.ts'
import type { Engine } from './schema.ts'

/** In the order in which they run. One that was released is never changed: another follows. */
export const migrationsFor = (engine: Engine): Record<string, Migration> => ({
  '0001-first-tables': firstTables(engine),
  '0002-certificate-fetched': certificateFetched(engine),
  '0003-jobs-that-follow': jobsThatFollow(engine),
  '0004-certificates-that-end': certificatesThatEnd(engine),
  '0005-ways-in': waysIn(engine),
  '0006-certificates-that-follow': certificatesThatFollow(engine),
  '0007-certificate-requests': certificateRequests(engine),
  '0008-numbers-of-lists': numbersOfLists(engine),
  '0009-people': people(engine),
  '0010-audit-chain': auditChain(engine),
  '0011-attempts': attempts(engine),
  '0012-second-factors': secondFactors(engine),
  '0013-settings': settingTable(engine),
  '0014-tokens': tokens(engine),
  '0015-single-sign-on': singleSignOn(engine),
  '0016-sessions-of-providers': sessionsOfProviders(engine),
  '0017-ages-of-accounts': agesOfAccounts(engine),
})
