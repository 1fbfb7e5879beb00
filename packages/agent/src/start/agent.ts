import type { RequestListener } from 'node:http'
import type { Places } from '../config-places.ts'
import { againstRevoked } from '../services/against-revoked.ts'
import { audit, type Audit } from '../services/audit.ts'
import type { Own } from '../services/certificates.ts'
import type { Settings } from '../services/settings.ts'
import { admission, allowing } from '../http/admit.ts'
import { app } from '../http/app.ts'
import { healthListener } from '../http/health-listener.ts'
import { live } from '../http/live.ts'
import { rateLimits } from '../http/rate-limits.ts'
import type { Log } from '../http/record.ts'
import { routes } from '../http/routes.ts'
import { agentServer } from '../http/server.ts'
import type { Engine } from './engine.ts'
import type { Host } from './host.ts'
import { listen } from './listen.ts'

type Deps = {
  settings: Settings
  engine: Engine
  host: Host
  places: Places
  log: Log
  /** Told whenever something was asked. */
  worked: () => void
}
type Common = Deps & { record: Audit }
type Open = Awaited<ReturnType<typeof open>>

const now = () => new Date()

/** The agent's ports. They are closed until the host is enrolled, and open by themselves then. */
export function agent(deps: Deps) {
  const { settings, host } = deps
  const common = { ...deps, record: recordOf(deps) }
  const monitors = monitorsOf(common)
  const stopCounting = deps.engine.jobs.watch(host.metrics.hear)
  let opening: Promise<Open> | undefined
  let server: Open | undefined

  return {
    /** Opens the port if there are certificates and it is not open. Answers whether it is now. */
    async open(): Promise<boolean> {
      const own = settings.own.own()
      if (own) opening ??= open(common, own)
      server = await opening
      return server !== undefined
    },

    /** Opens, moves or closes the port for monitors, as the settings say; none is open before the other. */
    async openMonitors() {
      if (server) await monitors.apply(settings.config.value().health.public_listener)
    },

    note: common.record.note,

    recheck() {
      server?.recheck()
      monitors.recheck()
    },

    reload() {
      const own = settings.own.own()
      if (own) server?.reload(own)
    },

    async close() {
      stopCounting()
      await monitors.close()
      await server?.close()
      common.record.close()
    },
  }
}

/** The audit log; whom it turned away is counted too. */
function recordOf({ places, host, log }: Deps): Audit {
  const record = audit({
    file: places.audit,
    head: places.auditHead,
    now,
    onError: (error) => log.error({ error }, 'the audit log cannot be written'),
  })
  return {
    ...record,
    turnedAway(refusal) {
      host.metrics.refused(refusal.code)
      record.turnedAway(refusal)
    },
  }
}

const limitsOf = ({ settings }: Pick<Deps, 'settings'>) =>
  rateLimits({ limits: () => settings.config.value().rate_limits })

const monitorsOf = (common: Common) =>
  healthListener({
    health: common.host.health.look,
    allows: common.settings.list.allows,
    limits: limitsOf(common),
    audit: common.record,
  })

async function open(common: Common, own: Own) {
  const { settings, engine, host, record, log, worked } = common
  const config = settings.config.value
  const server = agentServer({
    material: own,
    allows: settings.list.allows,
    audit: record,
    diagnose: () => config().auth.diagnostic_responses,
    reasonAgainst: againstRevoked(settings, now),
    now,
  })
  const { callerOf } = server
  const allow = allowing(() => config().operations)
  const admit = admission({ callerOf, allow, limits: limitsOf({ settings }), now })
  const jobs = { get: (job_id: string) => engine.jobs.get({ job_id }), watch: engine.jobs.watch }
  const sockets = live({ admit, jobs, audit: record, now })
  const { metrics } = host
  const handlers = routes({ ...engine, ...host }, allow)
  const answer = app({ handlers, admit, callerOf, audit: record, metrics, log })
  const ways = {
    app(...asked: Parameters<RequestListener>) {
      answer(...asked)
      worked()
    },
    upgrade: sockets.upgrade,
  }

  const { address, port } = await listen(server, ways, config().listen)
  log.info({ address, port, not_after: own.certificate.validTo }, 'listening')
  return {
    ...server,
    async close() {
      sockets.close()
      await server.close()
    },
  }
}
