import type { Config } from '../config.ts'
import { app } from '../http/app.ts'
import { liveSockets, type LiveSockets } from '../http/live.ts'
import { httpsServer, listen, showCertificate } from '../http/server.ts'
import type { Log } from '../log.ts'
import { partDriver } from '../orchestration/drive.ts'
import { jobEngine } from '../orchestration/engine.ts'
import { hostPoller } from '../orchestration/poll.ts'
import { entryFor } from '../services/audit.ts'
import { authorityInfo } from '../services/authority-info.ts'
import type { Person } from '../services/caller.ts'
import { certificateStatus } from '../services/certificate-status.ts'
import { enrollmentService, type EnrollmentDeps } from '../services/enrollment.ts'
import { forgetFirstPassword } from '../services/first-administrator.ts'
import { hostEdits } from '../services/host-edits.ts'
import { hostReading } from '../services/host-reading.ts'
import { hostService } from '../services/hosts.ts'
import { hostView } from '../services/host-view.ts'
import { groupService } from '../services/groups.ts'
import { joinCodeService } from '../services/join-codes.ts'
import { jobPreview } from '../services/job-preview.ts'
import { jobService } from '../services/jobs.ts'
import { liveService } from '../services/live.ts'
import { rollbackService } from '../services/rollbacks.ts'
import { rollover } from '../services/rollover.ts'
import { signInService } from '../services/sign-in.ts'
import { ticketService } from '../services/tickets.ts'
import { certificateServices } from './certificates.ts'
import { enrolledPort } from './enrolled.ts'
import { janitor } from './janitor.ts'
import type { Opened } from './open.ts'
import { renewal } from './renewal.ts'
import { watch } from './watch.ts'

type Deps = {
  config: Config
  opened: Opened
  page_folder: string
  version: string
  log: Log
  now: () => Date
  /** How often the manager's own certificates are looked at; otherwise daily. */
  renew_every_ms?: number | undefined
}

const MINUTE = 60_000

export type Serving = {
  urls: string[]
  port: number
  agents_port: number
  stop: () => Promise<void>
}

/** Puts the manager's parts together and listens. */
export async function serveManager(deps: Deps): Promise<Serving> {
  const { config, opened, log, now } = deps
  const { database, agents, certificates } = opened
  const live = liveService()
  const reading = hostReading({ hosts: database.stores.hosts, agents, live, log, now })
  const drive = partDriver({
    database,
    agents,
    tell: live.tell,
    onEnded: reading.readAgain,
    log,
    give_up_ms: config.jobs.give_up_after_minutes * MINUTE,
    now,
  })
  const engine = jobEngine({ database, drive, concurrent: config.jobs.concurrent, log, now })
  const poller = hostPoller({
    hosts: database.stores.hosts,
    read: reading.read,
    rules: config.hosts,
    log,
    now,
  })
  const { users } = database.stores
  const forget = () => forgetFirstPassword({ users, password_file: opened.password_file, log })
  // Another manager may have changed it, or this one was stopped in between.
  await forget()
  let { port } = config.listen
  const urls = () => urlsOf(config, opened, port)
  const enrolled = enrolledPort(deps)
  const { application, sockets } = build({
    ...deps,
    introduce: enrolled.introduce,
    live,
    reading,
    engine,
    poller,
    forget,
    urls,
  })
  const server = httpsServer(application, certificates.web())
  sockets.attach(server)
  const cleaning = janitor({ database, log, now })
  const renewing = renewal({
    certificates,
    show: { web: (web) => showCertificate(server, web), enrolled: enrolled.show },
    log,
    every_ms: deps.renew_every_ms,
  })
  const watching = watch({
    ...opened,
    recheck: enrolled.recheck,
    async onNews() {
      await renewing.look()
      enrolled.show()
    },
    log,
  })

  async function stop() {
    server.close()
    enrolled.close()
    sockets.close()
    cleaning.stop()
    await watching.stop()
    await renewing.stop()
    const idle = [engine.stop(), poller.stop()]
    await agents.close() // Whoever waits for a host need not wait any longer.
    await Promise.all(idle)
    server.closeAllConnections()
    await database.close()
  }

  try {
    port = await listen(server, config.listen)
    await enrolled.listen()
  } catch (error) {
    await stop()
    throw error
  }
  server.on('error', (error) => log.error({ err: error }, 'a connection was not accepted'))
  return { urls: urls(), port, agents_port: enrolled.port(), stop }
}

type Building = Deps & {
  introduce: EnrollmentDeps['introduce']
  live: ReturnType<typeof liveService>
  reading: ReturnType<typeof hostReading>
  engine: ReturnType<typeof jobEngine>
  poller: ReturnType<typeof hostPoller>
  /** Drops what the first password is in, once it was changed. */
  forget: () => Promise<void>
  urls: () => string[]
}

function build({
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
}: Building) {
  const { database, agents, authority, lists, tokens } = opened
  const view = hostView(now, config.hosts.stale_after_hours)
  const tickets = ticketService(now)
  const onEnded = (ended: (person: Person) => boolean) => sockets.drop(ended)
  const signIn = signInService({ database, tokens, now, onEnded, onPasswordChanged: forget })
  const sockets: LiveSockets = liveSockets({ live, tickets, lives: signIn.lives, log })
  const application = app({
    services: {
      signIn,
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
      groups: groupService({ database, live, now }),
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
    },
    rates: config.rate_limits,
    page_folder,
    onRefused: (caller, { access }, call) =>
      database.stores.audit.append(
        entryFor({ ...call, caller }, now(), {
          action: 'permission_refused',
          target_type: 'permission',
          target_id: access,
          outcome: 'refused',
        }),
      ),
    log,
  })
  return { application, sockets }
}

/** Where people and hosts find it: the names that its certificate bears, those that were configured first. */
function urlsOf({ names, public_url }: Config, opened: Opened, port: number): string[] {
  const hosts = [...names, ...opened.names.dns_names, ...opened.names.ip_addresses]
  const own = [...new Set(hosts)].map(
    (name) => `https://${name.includes(':') ? `[${name}]` : name}:${port}`,
  )
  return public_url === undefined ? own : [...new Set([public_url, ...own])]
}
