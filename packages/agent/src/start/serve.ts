import { mkdirSync } from 'node:fs'
import { pino, stdSerializers, stdTimeFunctions, type Logger } from 'pino'
import { Failure } from '@linux-patch/shared/failure'
import type { Places } from '../config-places.ts'
import { run, type Run } from '../run.ts'
import type { Listener } from '../services/applying.ts'
import { finishRenewal } from '../services/renewal-state.ts'
import { settings, type Settings } from '../services/settings.ts'
import { resolve } from '../services/whitelist.ts'
import { agent } from './agent.ts'
import { engine } from './engine.ts'
import { host } from './host.ts'
import { findPackageManager } from './package-manager.ts'
import { rest } from './rest.ts'
import { keepUp } from './upkeep.ts'

const ENROL_FIRST =
  'this host is not enrolled: run `linux-patch-agent enroll`; nothing listens until then'

/** The daemon, until it is asked to stop. */
export async function serve(where: Places) {
  const log = newLog()
  const unfinished = await finishCutOff(where, log)
  const current = settings({ places: where, resolve, log })
  current.read()
  refuse([current.config.problem()])
  // Without a pair that works nobody could come in: it is tried again with the service.
  if (unfinished && !current.own.own()) throw unfinished
  log.level = current.config.value().log_level
  makeFolders(where, log)

  const { putOff: worked } = rest()
  worked()
  const running: Run = (...asked) => run(...asked).finally(worked)
  const common = {
    settings: current,
    packageManager: findPackageManager(where, current.config.value().package_manager, {
      run: running,
      log,
    }),
    run: running,
    places: where,
    log,
  }
  const work = engine(common)
  const keeping = keepUp({ ...common, worked })
  const api = agent({
    ...common,
    engine: work,
    host: host({ ...common, engine: work, upkeep: keeping }),
    worked,
  })
  const failed = Promise.withResolvers<never>()
  const unwatch = current.watch(listenerOf({ api, keeping, current, log, fail: failed.reject }))
  work.start()
  if (!(await api.open())) log.warn({ problem: current.own.problem() }, ENROL_FIRST)
  await api.openMonitors()
  keeping.start(api.note)
  await Promise.race([stopAsked(), failed.promise])
  log.info({}, 'stopping; jobs under way go on and are found again')
  unwatch()
  await keeping.stop()
  await api.close()
  await work.stop()
}

type Hearing = {
  api: ReturnType<typeof agent>
  keeping: ReturnType<typeof keepUp>
  current: Settings
  log: Logger
  /** Ends the daemon: a host whose port cannot open. */
  fail: (error: unknown) => void
}

/** What to do when something in the settings is new. */
const listenerOf = ({ api, keeping, current, log, fail }: Hearing): Listener => ({
  async config({ log_level }) {
    log.level = log_level
    log.info({}, 'settings taken; address and port hold from the next start')
    await api.openMonitors()
  },
  whitelist: api.recheck,
  async certificates(changed) {
    const { serialNumber: serial = '', validTo: not_after = '' } =
      current.own.own()?.certificate ?? {}
    log.info({ changed, serial, not_after }, 'certificates taken')
    api.note('certificates_taken', { changed, serial, not_after })
    api.reload()
    await api.open().catch(fail)
    await api.openMonitors()
    keeping.changed()
  },
})

/** Answers why it could not: a disk that is full keeps a host from its new pair, not from its old one. */
async function finishCutOff(where: Places, log: Logger): Promise<Error | undefined> {
  try {
    if (await finishRenewal(where)) log.info({}, 'a renewal that was cut off is finished')
    return undefined
  } catch (error) {
    log.error({ err: error }, 'a renewal that was cut off cannot be finished')
    return error instanceof Error ? error : new Error(String(error))
  }
}

const newLog = () =>
  pino({
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { error: stdSerializers.err, err: stdSerializers.err },
  })

/** On a disk that is full or read-only the agent does what it still can, and its health tells. */
function makeFolders({ state, jobs, cache }: Places, log: Logger) {
  for (const folder of [state, jobs, cache])
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    } catch (error) {
      log.error({ problem: String(error) }, 'a folder of the agent cannot be made')
    }
}

/** Settings that are wrong stop the start, with a line for each. */
export function refuse(problems: (string | null)[]) {
  const found = problems.filter((problem) => problem !== null)
  if (found.length > 0) throw new Failure('CONFIG_INVALID', found.join('\n'))
}

function stopAsked() {
  const { promise, resolve: stop } = Promise.withResolvers<void>()
  process.once('SIGTERM', () => stop())
  process.once('SIGINT', () => stop())
  return promise
}
