import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { showAll, showPage } from './demo.ts'
import { lacking } from './lacking.ts'
import { ADDRESS, PORT, STATE, type Manager } from './manager.ts'
import { holderOf } from './port.ts'
import { progress } from './progress.ts'
import { cannotBoot, isTaken, lookInside, notProven, signIn } from './words.ts'

const PROVEN = 0
const FAILED = 1
const NOT_PROVEN = 3
const INTERRUPTED = 130

const USAGE = `npm run demo [-- --once]

Boots two real hosts over this machine's root, previews their updates, patches them from the manager and rolls that
back, and proves it.
  --once   end when it is proven, instead of leaving the page open
DEMO_PORT in the environment names another port than 8443.`

const print = (text: string) => console.log(`\n${text}`)

type Watch = { once: boolean; signal: AbortSignal; opened: AsyncDisposableStack }

async function demo(watch: Watch): Promise<number> {
  await installSystemPackages()
  const holder = await holderOf({ address: ADDRESS, port: PORT, ours: STATE })
  if (holder) return complain(isTaken(holder))

  const deps = { together: progress(watch.signal), opened: watch.opened, print }
  const lacks = lacking()
  if (lacks.length > 0) {
    print(cannotBoot(lacks))
    await stay(await showPage(deps), [], watch)
    return NOT_PROVEN
  }
  const { manager, lab, found } = await showAll(deps)
  if (found.length > 0) return complain(notProven(found))
  print(`Proven in ${(performance.now() / 1000).toFixed(0)} seconds: dpkg in both hosts agrees.`)
  await stay(manager, [await lookInside(lab)], watch)
  return PROVEN
}

/** Says what it installs and why, or why it cannot; in the latter case the rest of the demo goes on. */
async function installSystemPackages() {
  const script = join(import.meta.dirname, '../system-packages.ts')
  await once(spawn(process.execPath, [script, 'demo'], { stdio: 'inherit' }), 'exit')
}

/** Leaves all as it is until Ctrl-C, unless the demo is to end by itself. */
async function stay(manager: Manager, more: string[], watch: Watch) {
  if (watch.once) return
  print([signIn(manager), ...more, 'Ctrl-C ends the demo and removes the hosts.'].join('\n\n'))
  const stopped = once(watch.signal, 'abort')
  const ended = manager.ended().then(() => {
    throw new Error(`The manager ended by itself; its log is ${manager.log}.`)
  })
  await Promise.race([stopped, ended])
}

function complain(sentence: string): number {
  console.error(`\n${sentence}`)
  return FAILED
}

async function main(): Promise<number> {
  const options = { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  const { values } = parseArgs({ options })
  if (values.help) {
    print(USAGE)
    return PROVEN
  }
  const stop = new AbortController()
  stop.signal.addEventListener('abort', () => print('Stopping: the hosts and the manager go away.'))
  // Every time, for a shell and npm may each pass on the same Ctrl-C.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stop.abort())

  await using opened = new AsyncDisposableStack()
  try {
    return await demo({ once: values.once ?? false, signal: stop.signal, opened })
  } catch (failure) {
    if (stop.signal.aborted) return INTERRUPTED
    console.error(failure)
    return FAILED
  }
}

// What a stopped step left open shall not keep it from ending.
process.exit(await main())
