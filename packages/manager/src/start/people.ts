import { networkOf } from '../http/limits.ts'
import type { Log } from '../log.ts'
import type { OnEnded } from '../services/caller.ts'
import { apiTokenService } from '../services/people/api-tokens.ts'
import { groupUsers } from '../services/people/group-users.ts'
import { groupService } from '../services/people/groups.ts'
import { roleService } from '../services/people/roles.ts'
import { standing } from '../services/people/standing.ts'
import { tokenCallers } from '../services/people/token-callers.ts'
import { userAccess } from '../services/people/user-access.ts'
import { userService } from '../services/people/users.ts'
import type { Live } from '../services/live.ts'
import { attemptService } from '../services/sign-in/attempts.ts'
import { ownPassword } from '../services/sign-in/own-password.ts'
import { ownSessions } from '../services/sign-in/own-sessions.ts'
import { passwordRules } from '../services/sign-in/password-rules.ts'
import { sessionOpening } from '../services/sign-in/session-opening.ts'
import { sessionService } from '../services/sign-in/sessions.ts'
import { signInService } from '../services/sign-in/sign-in.ts'
import { unlocking } from '../services/sign-in/unlocking.ts'
import type { Opened } from './open.ts'
import { secondFactorServices } from './second-factors.ts'
import { ssoServices } from './sso.ts'

type Deps = {
  opened: Opened
  live: Live
  onEnded: OnEnded
  /** Drops what the first password is in, once it was changed. */
  forget: () => Promise<void>
  urls: () => string[]
  log: Log
  now: () => Date
}

/** How people get in, and who looks after them. */
export function peopleServices({ opened, live, onEnded, forget, urls, log, now }: Deps) {
  const { database, tokens } = opened
  const security = () => opened.settings.get('security')
  const rules = passwordRules({ security })
  const people = { database, rules, now, onEnded, onPasswordChanged: forget }
  const attempts = attemptService({ database, security, networkOf, now })
  const opening = sessionOpening({ database, tokens, attempts, security, now })
  const secondFactors = secondFactorServices({ opened, attempts, opening, onEnded, now })
  const callers = tokenCallers({ stores: database.stores, now })
  return {
    /** Who people who were let in before are by now. */
    standing: standing({ database, tokenCallers: callers, now }),
    answering: {
      signIn: signInService({ database, attempts, opening, now, ...secondFactors }),
      ...secondFactors,
      ...ssoServices({ opened, opening, onEnded, urls, log, now }),
      sessions: sessionService({ database, tokens, opening, now, onEnded }),
      ownSessions: ownSessions(people),
      ownPassword: ownPassword({ ...people, attempts }),
      unlock: unlocking(people),
      users: userService(people),
      userAccess: userAccess(people),
      roles: roleService(people),
      groups: groupService({ database, live, now, onEnded }),
      groupUsers: groupUsers({ database, now, onEnded }),
      apiTokens: apiTokenService(people),
      tokenCallers: callers,
    },
  }
}
