import { mkdirSync } from 'node:fs'
import { liveFile } from '../files/live-file.ts'
import type { Places } from '../config-places.ts'
import { parseWhitelist } from '../config-whitelist.ts'
import { Config, parseConfig } from '../config.ts'
import { watchFolder } from '../files/watch.ts'
import { applying, type Listener } from './applying.ts'
import { certificates, type Own } from './certificates.ts'
import { rootsIn } from '../pki/roots.ts'
import type { Log } from './log.ts'
import { revocations } from './revocations.ts'
import { allowList, blockListOf, type Resolve } from './whitelist.ts'

type Deps = { places: Places; resolve: Resolve; log: Log }
export type Settings = ReturnType<typeof settings>
/** What is wrong with each file; null where it is right. */
export type Problems = Record<
  'config' | 'whitelist' | 'certificates' | 'revocations',
  string | null
>

/** Names may move, and a watch may miss what a mount or a restore put there: so all is read again now and then. */
const AGAIN_MS = 60_000

/** Everything that an administrator can change while the agent runs, always in its last good state. */
export function settings({ places, resolve, log }: Deps) {
  const { config, whitelist } = filesAt(places)
  const list = allowList({ entries: whitelist.value, resolve })
  const own = certificates(places)
  const revoked = revocations({ file: places.revocations, roots: () => rootsOf(own.own()) })
  const applied = applying()
  const complain = complaints(log, () => !whitelist.wasRead())

  function read() {
    const changed = { config: config.reload(), certificates: own.reload() }
    if (whitelist.reload()) list.apply()
    revoked.reload()
    return changed
  }

  const problems = (): Problems => ({
    config: config.problem(),
    whitelist: whitelist.problem(),
    // A host that is not enrolled yet has no certificates, and says so where it waits.
    certificates: own.own() && own.problem(),
    revocations: revoked.problem(),
  })

  async function reload(): Promise<Problems> {
    const work = applied.take(read(), config.value)
    complain(problems())
    // A name server that is slow must not hold up what is known already.
    void list.resolveNames().then(applied.addresses)
    await work
    return problems()
  }

  return {
    config,
    whitelist,
    list,
    own,
    revoked,
    read,
    /** Why the settings that hold are not those of the file, or not in force. */
    problem: () => config.problem() ?? applied.problem(),

    /** Reads all again and puts it in force. Throws CONFIG_RELOAD_ERROR where it is right and cannot be. */
    reload,

    /** Reads again whatever changes, and tells what is new. Answers the function that ends it. */
    watch(listener: Listener) {
      applied.to(listener)
      const again = () =>
        reload().catch((error: unknown) => log.error({ err: error }, 'settings not in force'))
      return watchPlaces({ places, log, again })
    },
  }
}

const rootsOf = (own: Own | null) => (own ? rootsIn(own.ca) : [])

type Watch = { places: Places; log: Log; again: () => unknown }

function watchPlaces({ places, log, again }: Watch) {
  mkdirSync(places.certificates, { recursive: true })
  let isPolling = false
  const onPolling = (error: unknown) => {
    if (!isPolling)
      log.warn({ err: error }, 'the host has no watch left: settings are looked at by the clock')
    isPolling = true
  }
  const stops = [places.settings, places.certificates].map((one) =>
    watchFolder(one, again, { onPolling }),
  )
  const timer = setInterval(again, AGAIN_MS)
  // What changed before the watch began would otherwise wait for the clock.
  again()
  return () => {
    clearInterval(timer)
    for (const stop of stops) stop()
  }
}

const filesAt = (places: Places) => ({
  config: liveFile({
    file: places.config,
    parse: parseConfig,
    otherwise: Config.parse({}),
    absence: null,
  }),
  whitelist: liveFile<string[]>({
    file: places.whitelist,
    parse(file, text) {
      const entries = parseWhitelist(file, text)
      blockListOf(entries)
      return entries
    },
    otherwise: [],
    absence: `${places.whitelist} is not there: nobody may call.`,
  }),
})

/** Says each problem once, and not again at every look. `isShut`: no whitelist could ever be read. */
function complaints(log: Log, isShut: () => boolean) {
  const said = new Map<string, string>()
  return (problems: Problems) => {
    for (const [file, problem] of Object.entries(problems)) {
      if (problem && said.get(file) !== problem)
        log.warn(
          { code: 'CONFIG_INVALID', problem },
          file === 'whitelist' && isShut()
            ? 'no whitelist could be read; nobody is let in'
            : 'something is wrong with the settings; the last good ones hold',
        )
      if (problem) said.set(file, problem)
      else said.delete(file)
    }
  }
}
