import type { Places } from '../config-places.ts'
import { audit, type Audit } from '../services/audit.ts'
import type { Own } from '../services/certificates.ts'
import type { Engine } from './engine.ts'
import type { Settings } from '../services/settings.ts'
import { admission } from '../http/admit.ts'
import { app } from '../http/app.ts'
import { live } from '../http/live.ts'
import { rateLimits } from '../http/rate-limits.ts'
import type { Log } from '../http/record.ts'
import { routes } from '../http/routes.ts'
import { agentServer } from '../http/server.ts'

type Deps = { settings: Settings; engine: Engine; places: Places; log: Log }
type Open = Awaited<ReturnType<typeof open>>

const now = () => new Date()

/** The agent's port. It is closed until the host is enrolled, and opens by itself then. */
export function agent(deps: Deps) {
  const { settings, places, log } = deps
  const record = audit({
    file: places.audit,
    now,
    onError: (error) => log.error({ error }, 'the audit log cannot be written'),
  })
  let opening: Promise<Open> | undefined
  let server: Open | undefined

  return {
    /** Opens the port if there are certificates and it is not open. Answers whether it is now. */
    async open(): Promise<boolean> {
      const own = settings.own.own()
      if (own) opening ??= open(deps, own, record)
      server = await opening
      return server !== undefined
    },

    recheck: () => server?.recheck(),

    reload(changed: 'certificate' | 'authority') {
      const own = settings.own.own()
      if (own) server?.reload(own, changed)
    },

    async close() {
      await server?.close()
      record.close()
    },
  }
}

async function open({ settings, engine, log }: Deps, own: Own, record: Audit) {
  const config = settings.config.value
  const server = agentServer({
    material: own,
    allows: settings.list.allows,
    audit: record,
    diagnose: () => config().auth.diagnostic_responses,
    now,
  })
  const admit = admission({
    callerOf: server.callerOf,
    operations: () => config().operations,
    limits: rateLimits({ limits: () => config().rate_limits }),
    now,
  })
  const jobs = { get: (job_id: string) => engine.jobs.get({ job_id }), watch: engine.jobs.watch }
  const sockets = live({ admit, jobs, audit: record, now })
  const { callerOf } = server
  const handlers = routes(engine)
  const ways = {
    app: app({ handlers, admit, callerOf, audit: record, log }),
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

type Server = ReturnType<typeof agentServer>

/** `::` is every address there is; on a host without IPv6 that is 0.0.0.0. */
async function listen(
  server: Server,
  ways: Parameters<Server['listen']>[0],
  { address, port }: { address: string; port: number },
) {
  try {
    return await server.listen(ways, address, port)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (address !== '::' || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(code)) throw error
    return server.listen(ways, '0.0.0.0', port)
  }
}
