import type { Service } from '@linux-patch/shared/agent-api/system'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Answer, Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { PackageManager } from '../package-manager.ts'
import type { Run } from '../run.ts'

type Deps = {
  packageManager: Pick<PackageManager, 'outdatedServices'>
  run: Run
  now?: () => Date
  /** Microseconds of the clock that systemd counts in. */
  monotonic?: () => number
}

const PROPERTIES = [
  'Id',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'StateChangeTimestampMonotonic',
]

/** The services of the host, as systemd knows them. */
export const serviceStates = (deps: Deps) => ({
  async get({ name }: Input<AgentApi['getService']>): Promise<Service> {
    const [outdated, [unit]] = await Promise.all([
      deps.packageManager.outdatedServices(),
      show(deps, [withSuffix(name)]),
    ])
    if (!unit || isUnknown(unit)) throw noSuchService(name)
    return toService(deps, unit, outdated)
  },

  async outdated(): Promise<Answer<AgentApi['listOutdatedServices']>> {
    const names = await deps.packageManager.outdatedServices()
    // An empty list would say that all is well.
    if (names === null)
      throw new Failure('PKG_MANAGER_ERROR', 'This host cannot tell which services are outdated.')
    const units = names.length === 0 ? [] : await show(deps, names.map(withSuffix))
    return { services: units.map((unit) => toService(deps, unit, names)) }
  },
})

type Unit = Map<string, string>

async function show({ run }: Deps, names: string[]): Promise<Unit[]> {
  const asked = ['show', `--property=${PROPERTIES.join(',')}`, '--', ...names]
  const { exitCode, stdout, stderr } = await run('systemctl', asked)
  if (exitCode === 0) return parseShow(stdout)
  // What is no name to systemd, such as a template without an instance, is none to us.
  if (/unit name/i.test(stderr)) return []
  throw new Failure('SERVICE_UNHEALTHY', `systemd does not answer: ${stderr.trim()}`)
}

/**
 * Reads `systemctl show`, which prints a line for each property and an empty line between two units:
 *
 *     Id=cron.service
 *     Description=Regular background program processing daemon
 *     ActiveState=active
 */
export const parseShow = (stdout: string): Unit[] =>
  stdout
    .split(/\n{2,}/)
    .map(
      (block) =>
        new Map(
          [...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
        ),
    )
    .filter((unit) => unit.size > 0)

function toService(
  { now = () => new Date(), monotonic = usual }: Deps,
  unit: Unit,
  outdated: string[] | null,
): Service {
  const name = unit.get('Id') ?? ''
  const changed = Number(unit.get('StateChangeTimestampMonotonic') ?? 0)
  // systemd prints times in the host's own zone; what it counts can be read anywhere.
  const since = new Date(now().getTime() - (monotonic() - changed) / 1000)
  return {
    name,
    description: unit.get('Description') ?? '',
    active_state: unit.get('ActiveState') ?? '',
    sub_state: unit.get('SubState') ?? '',
    enabled: isEnabled(unit.get('UnitFileState') ?? ''),
    since: changed > 0 ? since.toISOString() : null,
    outdated: outdated && outdated.map(withSuffix).includes(name),
  }
}

/** Null for what is neither: static and generated units, and those without a file. */
function isEnabled(state: string): boolean | null {
  if (state.startsWith('enabled')) return true
  return state === 'disabled' || state.startsWith('masked') ? false : null
}

/** A unit whose file is gone while it runs is one still. */
const isUnknown = (unit: Unit) =>
  unit.get('LoadState') === 'not-found' && unit.get('ActiveState') === 'inactive'

const withSuffix = (name: string) => (name.endsWith('.service') ? name : `${name}.service`)
const usual = () => Number(process.hrtime.bigint() / 1000n)

const noSuchService = (name: string) =>
  new Failure('INVALID_REQUEST', `This host has no service ${name}.`, {
    details: { reason: 'no_such_service' },
  })
