import type { Config } from '../config.ts'
import { app } from '../http/app.ts'
import { liveSockets, type LiveSockets } from '../http/live.ts'
import type { Log } from '../log.ts'
import type { jobEngine } from '../orchestration/engine.ts'
import type { hostPoller } from '../orchestration/poll.ts'
import { entryFor } from '../services/audit/audit.ts'
import { auditLog } from '../services/audit/log.ts'
import { auditVerification } from '../services/audit/verification.ts'
import { authorityInfo } from '../services/certificates/authority-info.ts'
import type { OnEnded } from '../services/caller.ts'
import { certificateStatus } from '../services/certificates/certificate-status.ts'
import { enrollmentService, type EnrollmentDeps } from '../services/enrollment/enrollment.ts'
import { groupHosts } from '../services/hosts/group-hosts.ts'
import { hostEdits } from '../services/hosts/host-edits.ts'
import { hostGroups } from '../services/hosts/host-groups.ts'
import type { hostReading } from '../services/hosts/host-reading.ts'
import { hostView } from '../services/hosts/host-view.ts'
import { hostService } from '../services/hosts/hosts.ts'
import { jobPreview } from '../services/jobs/job-preview.ts'
import { jobService } from '../services/jobs/jobs.ts'
import { joinCodeService } from '../services/enrollment/join-codes.ts'
import type { liveService } from '../services/live.ts'
import { rollbackService } from '../services/jobs/rollbacks.ts'
import { rollover } from '../services/certificates/rollover.ts'
import { ticketService } from '../services/sign-in/tickets.ts'
import { certificateServices } from './certificates.ts'
import type { Opened } from './open.ts'
import { peopleServices } from './people.ts'
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
  const { database, agents, authority, lists } = opened
  const view = hostView(now, config.hosts.stale_after_hours)
  const tickets = ticketService(now)
  const onEnded: OnEnded = (hasEnded) => sockets.drop(hasEnded)
  const people = peopleServices({ opened, live, onEnded, forget, urls, log, now })
  const sockets: LiveSockets = liveSockets({
    live,
    tickets,
    standing: people.standing,
    groupsOf: hostGroups(database.stores.groups),
    log,
  })
  const application = app({
    services: {
      ...people.answering,
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
      groupHosts: groupHosts({ database, live, now }),
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
