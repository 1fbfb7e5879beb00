import type { Config } from '../config.ts'
import { app } from '../http/app.ts'
import { liveSockets, type LiveSockets } from '../http/live.ts'
import { httpsServer, listen } from '../http/server.ts'
import type { Log } from '../log.ts'
import { partDriver } from '../orchestration/drive.ts'
import { jobEngine } from '../orchestration/engine.ts'
import { hostPoller } from '../orchestration/poll.ts'
import { entryFor } from '../services/audit.ts'
import { authorityInfo } from '../services/authority-info.ts'
import { enrollmentService } from '../services/enrollment.ts'
import { hostReading } from '../services/host-reading.ts'
import { hostService } from '../services/hosts.ts'
import { hostView } from '../services/host-view.ts'
import { jobService } from '../services/jobs.ts'
import { liveService } from '../services/live.ts'
import { signInService } from '../services/sign-in.ts'
import { ticketService } from '../services/tickets.ts'
import { janitor } from './janitor.ts'
import type { Opened } from './open.ts'

type Deps = {
  config: Config
  opened: Opened
  page_folder: string
  version: string
  log: Log
  now: () => Date
}

const MINUTE = 60_000

export type Serving = { urls: string[]; stop: () => Promise<void> }

/** Puts the manager's parts together and listens. */
export async function serveManager(deps: Deps): Promise<Serving> {
  const { config, opened, log, now } = deps
  const { database, agents, identity } = opened
  const live = liveService()
  const reading = hostReading({ hosts: database.stores.hosts, agents, live, log, now })
  const drive = partDriver({
    database,
    agents,
    identity,
    tell: live.tell,
    onEnded: reading.read,
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
  const urls = urlsOf(config, opened)
  const { application, sockets } = build({ ...deps, live, reading, engine, poller, urls })
  const server = httpsServer(application, opened.credentials)
  sockets.attach(server)
  const cleaning = janitor({ database, log, now })
  await listen(server, config.listen.address, config.listen.port)

  return {
    urls,
    async stop() {
      server.close()
      sockets.close()
      poller.stop()
      cleaning.stop()
      await engine.stop()
      await agents.close()
      server.closeAllConnections()
      await database.close()
    },
  }
}

type Building = Deps & {
  live: ReturnType<typeof liveService>
  reading: ReturnType<typeof hostReading>
  engine: ReturnType<typeof jobEngine>
  poller: ReturnType<typeof hostPoller>
  urls: string[]
}

function build({
  config,
  opened,
  page_folder,
  version,
  log,
  now,
  live,
  reading,
  engine,
  poller,
  urls,
}: Building) {
  const { database, authority, tokens, introduce } = opened
  const view = hostView(now, config.hosts.stale_after_hours)
  const tickets = ticketService(now)
  const sockets: LiveSockets = liveSockets({ live, tickets })
  const signIn = signInService({ database, tokens, now, onEnded: sockets.drop })
  const application = app({
    services: {
      signIn,
      tickets,
      enrollment: enrollmentService({
        database,
        authority,
        introduce,
        limits: config.enrollment,
        live,
        view,
        onApproved: poller.wake,
        now,
      }),
      hosts: hostService({ hosts: database.stores.hosts, reading, view }),
      jobs: jobService({ database, live, onCreated: engine.wake, now }),
      authority: authorityInfo({ ...authority, urls }),
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
function urlsOf({ listen, names }: Config, opened: Opened): string[] {
  const hosts = [...names, ...opened.names.dns_names, ...opened.names.ip_addresses]
  return [...new Set(hosts)].map(
    (name) => `https://${name.includes(':') ? `[${name}]` : name}:${listen.port}`,
  )
}
