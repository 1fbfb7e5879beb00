import type { Config } from '../config.ts'
import { app } from '../http/app.ts'
import { networkOf } from '../http/limits.ts'
import { liveSockets, type LiveSockets } from '../http/live.ts'
import type { Log } from '../log.ts'
import type { jobEngine } from '../orchestration/engine.ts'
import type { hostPoller } from '../orchestration/poll.ts'
import { apiTokenService } from '../services/api-tokens.ts'
import { attemptService } from '../services/attempts.ts'
import { entryFor } from '../services/audit.ts'
import { auditLog } from '../services/audit-log.ts'
import { auditVerification } from '../services/audit-verification.ts'
import { authorityInfo } from '../services/authority-info.ts'
import type { Person } from '../services/caller.ts'
import { certificateStatus } from '../services/certificate-status.ts'
import { enrollmentService, type EnrollmentDeps } from '../services/enrollment.ts'
import { groupHosts } from '../services/group-hosts.ts'
import { groupUsers } from '../services/group-users.ts'
import { groupService } from '../services/groups.ts'
import { hostEdits } from '../services/host-edits.ts'
import { hostGroups } from '../services/host-groups.ts'
import type { hostReading } from '../services/host-reading.ts'
import { hostView } from '../services/host-view.ts'
import { hostService } from '../services/hosts.ts'
import { jobPreview } from '../services/job-preview.ts'
import { jobService } from '../services/jobs.ts'
import { joinCodeService } from '../services/join-codes.ts'
import type { liveService } from '../services/live.ts'
import { ownPassword } from '../services/own-password.ts'
import { ownSessions } from '../services/own-sessions.ts'
import { passwordRules } from '../services/password-rules.ts'
import { roleService } from '../services/roles.ts'
import { rollbackService } from '../services/rollbacks.ts'
import { rollover } from '../services/rollover.ts'
import { sessionOpening } from '../services/session-opening.ts'
import { sessionService } from '../services/sessions.ts'
import { signInService } from '../services/sign-in.ts'
import { standing } from '../services/standing.ts'
import { ticketService } from '../services/tickets.ts'
import { tokenCallers } from '../services/token-callers.ts'
import { unlocking } from '../services/unlocking.ts'
import { userAccess } from '../services/user-access.ts'
import { userService } from '../services/users.ts'
import { certificateServices } from './certificates.ts'
import type { Opened } from './open.ts'
import { secondFactorServices } from './second-factors.ts'
import { ssoServices } from './sso.ts'
import { settingsServices } from './settings.ts'

/** What a manager is started with. */
export type Started = {
  config: Config
  opened: Opened
  page_folder: string
  version: string
  log: Log
  now: () => Date
}
type Deps = Started & {
  introduce: EnrollmentDeps['introduce']
  live: ReturnType<typeof liveService>
  reading: ReturnType<typeof hostReading>
  engine: ReturnType<typeof jobEngine>
  poller: ReturnType<typeof hostPoller>
  /** Drops what the first password is in, once it was changed. */
  forget: () => Promise<void>
  urls: () => string[]
}

/** What answers people and their scripts, and the sockets that tell them what is new. */
export function buildApplication({
  config,
  opened,
  introduce,
  page_folder,
  version,
  log,
  now,
  live,
  reading,
  engine,
  poller,
  forget,
  urls,
}: Deps) {
  const { database, agents, authority, lists, tokens } = opened
  const view = hostView(now, config.hosts.stale_after_hours)
  const tickets = ticketService(now)
  const onEnded = (ended: (person: Person) => boolean) => sockets.drop(ended)
  const security = () => opened.settings.get('security')
  const rules = passwordRules({ security })
  const people = { database, rules, now, onEnded, onPasswordChanged: forget }
  const attempts = attemptService({ database, security, networkOf, now })
  const opening = sessionOpening({ database, tokens, attempts, security, now })
  const sessions = sessionService({ database, tokens, opening, now, onEnded })
  const secondFactors = secondFactorServices({ opened, attempts, opening, onEnded, now })
  const callers = tokenCallers({ stores: database.stores, now })
  const sockets: LiveSockets = liveSockets({
    live,
    tickets,
    standing: standing({ database, tokenCallers: callers, now }),
    groupsOf: hostGroups(database.stores.groups),
    log,
  })
  const application = app({
    services: {
      signIn: signInService({ database, attempts, opening, now }),
      ...secondFactors,
      sessions,
      ownSessions: ownSessions(people),
      ownPassword: ownPassword({ ...people, attempts }),
      unlock: unlocking(people),
      users: userService(people),
      userAccess: userAccess(people),
      roles: roleService(people),
      apiTokens: apiTokenService(people),
      tokenCallers: callers,
      ...ssoServices({ opened, opening, onEnded, urls, log, now }),
      auditLog: auditLog({ stores: database.stores, now }),
      auditVerification: auditVerification({ ...opened.auditPlace, database, now }),
      ...settingsServices({ config, opened, urls, now }),
      tickets,
      enrollment: enrollmentService({
        database,
        authority,
        lists,
        introduce,
        keys: opened.keys,
        revocation: opened.revocation,
        own_names: opened.names,
        limits: config.enrollment,
        live,
        view,
        onApproved: poller.wake,
        now,
      }),
      joinCodes: joinCodeService({ database, now }),
      groups: groupService({ database, live, now, onEnded }),
      groupHosts: groupHosts({ database, live, now }),
      groupUsers: groupUsers({ database, now, onEnded }),
      hostEdits: hostEdits({ database, revocation: opened.revocation, live, view, now }),
      hosts: hostService({ ...database.stores, reading, view, now }),
      ...certificateServices({ opened, introduce, live, log, now }),
      jobs: jobService({ database, live, wake: engine.wake, now }),
      rollbacks: rollbackService({ database, live, wake: engine.wake, now }),
      jobPreview: jobPreview({ ...database.stores, agents }),
      authority: authorityInfo({ authority, urls }),
      rollover: rollover({ database, now }),
      lists,
      certificateStatus: certificateStatus({ database, signers: authority.signers, now }),
      ping: database.ping,
      version,
      now,
    },
    rates: config.rate_limits,
    trusted_proxies: config.trusted_proxies,
    page_folder,
    onRefused: (caller, access, call, details) =>
      database.stores.audit.append(
        entryFor({ ...call, caller }, now(), {
          action: 'permission_refused',
          target_type: 'permission',
          target_id: access,
          outcome: 'refused',
          ...(details && { details }),
        }),
      ),
    log,
  })
  return { application, sockets }
}
