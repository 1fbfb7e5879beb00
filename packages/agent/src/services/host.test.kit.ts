import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Damage, TransactionRequest } from '../package-manager.ts'
import type { Run } from '../run.ts'

type State = 'installed' | 'residual' | 'broken'
export type Unit = { name: string; phase: string; folder: string; argv: string[]; running: boolean }
type Timer = { name: string; seconds: number; args: string[]; active: boolean }

/**
 * A host whose package database is a map. It stands at the two doors: it answers as a package manager, and in place
 * of systemd it runs a unit by what `phases` says of it, writing the files that a unit would write.
 */
export function testHost() {
  const folder = mkdtempSync(join(tmpdir(), 'agent-jobs-'))
  const host = {
    folder,
    installed: new Map<string, { version: string; state: State }>([
      ['openssl', { version: '3.0.19', state: 'installed' }],
      ['curl', { version: '7.88.0', state: 'installed' }],
    ]),
    available: new Map([
      ['openssl', '3.0.22'],
      ['curl', '7.88.1'],
      ['nginx', '1.22.1'],
    ]),
    automatic: new Set(['openssl']),
    /** Old versions that somebody still has. */
    savable: new Set(['openssl', 'curl', 'nginx']),
    saveFailure: null as Error | null,
    rebootReasons: [] as string[],
    lock: null as string | null,
    damage: { interrupted: false, broken_packages: [] } as Damage,
    /** Null is a host that has no package lists. */
    lists_updated_at: '2026-09-01T00:00:00.000Z' as string | null,
    planFailure: null as Error | null,
    planned: 0,
    /** Called before each plan is made, for what happens behind the back of a job. */
    onPlan: (_request: TransactionRequest): void => undefined,
    units: [] as Unit[],
    timers: [] as Timer[],
    signals: [] as string[],
    /** What whoever is signed in was told. */
    announced: [] as string[],
    systemdAnswers: true,
    free_bytes: 1e12,
    /** What a unit does once it is started; left out, it does its work at once and ends well. */
    phases: new Map<string, (unit: Unit) => void>(),
    work: (unit: Unit) => work(host, unit),
    end: (unit: Unit, words = 'success exited 0') => end(unit, words),
    /** As a power cut does it: no unit, and no word of how it ended. */
    kill: (unit: Unit) => void (unit.running = false),
    unit(phase: string) {
      const unit = host.units.findLast((one) => one.phase === phase)
      if (!unit) throw new Error(`no unit of the phase ${phase} was started`)
      return unit
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
  return host
}
export type TestHost = ReturnType<typeof testHost>

/** `name=version` comes, `name-` goes. */
function work({ installed, automatic }: TestHost, { phase, argv }: Unit) {
  if (!phase.startsWith('install')) return
  for (const word of argv.slice(1)) {
    const [name = '', version] = word.split('=')
    if (version === undefined) installed.delete(name.slice(0, -1))
    else installed.set(name, { version, state: 'installed' })
    // As apt does with what is named.
    automatic.delete(name)
  }
}

function end(unit: Unit, words: string) {
  unit.running = false
  const file = join(unit.folder, `${unit.phase}.rc`)
  writeFileSync(`${file}.tmp`, `${words}\n`)
  renameSync(`${file}.tmp`, file)
}

export const say = (unit: Unit, text: string | Uint8Array) =>
  appendFileSync(join(unit.folder, 'output.log'), text)
export const progress = (unit: Unit, line: string) =>
  appendFileSync(join(unit.folder, `${unit.phase}.status`), line)

export const runOn =
  (host: TestHost): Run =>
  async (program, args, { input } = {}) => {
    await Promise.resolve()
    if (program === 'wall') {
      host.announced.push(input ?? '')
      return { exitCode: 0, stdout: '', stderr: '' }
    }
    if (!host.systemdAnswers) return { exitCode: 1, stdout: '', stderr: 'No connection to the bus' }
    if (program === 'systemdRun')
      return args.some((one) => one.startsWith('--on-active'))
        ? setTimer(host, args)
        : startUnit(host, args)
    const timer = host.timers.findLast(
      ({ name, active }) => active && args.includes(`${name}.timer`),
    )
    if (timer && args[0] === 'stop') timer.active = false
    const unit = host.units.findLast(({ name, running }) => running && args.includes(name))
    if (args[0] === 'kill') host.signals.push(`${args[2]} ${unit?.phase}`)
    return { exitCode: 0, stdout: unit || timer?.active ? 'active\n' : 'inactive\n', stderr: '' }
  }

const nameOf = (args: string[]) =>
  args.find((one) => one.startsWith('--unit='))?.slice('--unit='.length) ?? ''

function setTimer(host: TestHost, args: string[]) {
  const delay = args.find((one) => one.startsWith('--on-active=')) ?? ''
  const seconds = Number(delay.slice('--on-active='.length))
  host.timers.push({ name: nameOf(args), seconds, args, active: true })
  return { exitCode: 0, stdout: '', stderr: '' }
}

function startUnit(host: TestHost, args: string[]) {
  const name = nameOf(args)
  if (host.units.some((unit) => unit.name === name && unit.running))
    return { exitCode: 1, stdout: '', stderr: 'already loaded' }
  const output = args.find((one) => one.startsWith('--property=StandardOutput=append:')) ?? ''
  const phase =
    /-((?:download|refresh|install|repair|recover)(?:-\d+)?)\.service$/.exec(name)?.[1] ?? ''
  const unit: Unit = {
    name,
    phase,
    folder: dirname(output.slice(output.indexOf(':') + 1)),
    argv: args.slice(args.lastIndexOf('sh') + 1),
    running: true,
  }
  host.units.push(unit)
  progress(unit, '')
  const act = host.phases.get(phase)
  if (act) act(unit)
  else {
    host.work(unit)
    host.end(unit)
  }
  return { exitCode: 0, stdout: '', stderr: '' }
}
