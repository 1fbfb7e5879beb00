import type { PkiBundle } from '@linux-patch/shared/enrollment'
import type { Config } from '../config.ts'
import { enrolledApp } from '../http/enrolled-app.ts'
import { enrolledServer } from '../http/enrolled-server.ts'
import { listen } from '../http/server.ts'
import type { Log } from '../log.ts'
import { enrolledService } from '../services/enrollment/enrolled.ts'
import { hostCallers } from '../services/enrollment/host-callers.ts'
import type { Opened } from './open.ts'

type Deps = {
  config: Config
  opened: Pick<Opened, 'authority' | 'lists' | 'certificates' | 'database' | 'introduce'>
  log: Log
  now: () => Date
}

/** The port of enrolled hosts, and how those that join are told of it. */
export function enrolledPort({ config, opened, log, now }: Deps) {
  const { authority, certificates, database } = opened
  const callerOf = hostCallers({ database, now })
  const shown = () => ({ ...certificates.enrolled(), roots: authority.roots() })
  const { server, ...door } = enrolledServer({
    shown: shown(),
    welcomes: async (certificate) => (await callerOf(certificate)) !== undefined,
    onError: (error) => log.error({ err: error }, 'a host was not let in'),
  })
  const handlers = enrolledService({ ...opened, now })
  door.answer(enrolledApp({ handlers, certificateOf: door.certificateOf, callerOf, log }))
  let { port } = config.agents_listen

  return {
    port: () => port,
    introduce: async (hostAddress: string): Promise<PkiBundle['manager']> => ({
      ...(await opened.introduce(hostAddress)),
      agent_port: port,
    }),
    async listen() {
      port = await listen(server, config.agents_listen)
      server.on('error', (error) => log.error({ err: error }, 'a connection was not accepted'))
    },
    /** Shows the certificate as it is now. */
    show: () => door.show(shown()),
    recheck: door.recheck,
    close: door.close,
  }
}
