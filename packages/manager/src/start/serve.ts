import type { Config } from '../config.ts'
import { httpsServer, listen, showCertificate } from '../http/server.ts'
import { partDriver } from '../orchestration/drive.ts'
import { jobEngine } from '../orchestration/engine.ts'
import { hostPoller } from '../orchestration/poll.ts'
import { forgetFirstPassword } from '../services/sign-in/first-administrator.ts'
import { hostReading } from '../services/hosts/host-reading.ts'
import { liveService, type Live } from '../services/live.ts'
import { buildApplication, type Started } from './application.ts'
import { enrolledPort } from './enrolled.ts'
import { janitor } from './janitor.ts'
import type { Opened } from './open.ts'
import { renewal } from './renewal.ts'
import { watch } from './watch.ts'

type Deps = Started & {
  /** How often the manager's own certificates are looked at; otherwise daily. */
  renew_every_ms?: number | undefined
}

const MINUTE = 60_000

export type Serving = {
  urls: string[]
  port: number
  agents_port: number
  /** What open pages are told. */
  live: Live
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
  const { application, sockets } = buildApplication({
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
  const cleaning = janitor({ ...opened, log, now })
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
    await cleaning.stop()
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
  return { urls: urls(), port, agents_port: enrolled.port(), live, stop }
}

/** Where people and hosts find it: the names that its certificate bears, those that were configured first. */
function urlsOf({ names, public_url }: Config, opened: Opened, port: number): string[] {
  const hosts = [...names, ...opened.names.dns_names, ...opened.names.ip_addresses]
  const own = [...new Set(hosts)].map(
    (name) => `https://${name.includes(':') ? `[${name}]` : name}:${port}`,
  )
  return public_url === undefined ? own : [...new Set([public_url, ...own])]
}
