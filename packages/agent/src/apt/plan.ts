import { Failure } from '@linux-patch/shared/failure'
import type { Plan, PlannedChange, TransactionRequest } from '../package-manager.ts'
import type { Run } from '../run.ts'
import { simulationArguments } from './commands.ts'
import { aptFailure } from './failures.ts'
import type { Installed } from './installed.ts'
import { parseSimulation } from './simulation.ts'
import { parseStanzas, type Stanza } from './stanzas.ts'

type Deps = { run: Run; options: string[]; cacheOptions: string[] }

export async function makePlan(
  request: TransactionRequest,
  installed: Map<string, Installed>,
  { run, options, cacheOptions }: Deps,
): Promise<Plan> {
  const ran = await run('aptGet', simulationArguments(request, options))
  if (ran.exitCode !== 0) throw aptFailure(ran)

  const changes = parseSimulation(ran.stdout)
  const exact = changes
    .filter(({ version_planned }) => version_planned !== null)
    .map(({ name, version_planned }) => `${name}=${version_planned}`)
  const stanzas = await askStanzas(exact, { run, cacheOptions })
  return { changes, ...sizes(changes, stanzas, installed) }
}

function sizes(
  changes: PlannedChange[],
  stanzas: Map<string, Stanza>,
  installed: Map<string, Installed>,
) {
  let [download_bytes, disk_bytes] = [0, 0]
  for (const { name, version_before, version_planned } of changes) {
    const stanza = stanzas.get(`${name}=${version_planned}`)
    download_bytes += stanza?.download_bytes ?? 0
    disk_bytes += stanza?.installed_bytes ?? 0
    if (version_before !== null) disk_bytes -= installed.get(name)?.size_bytes ?? 0
  }
  return { download_bytes, disk_bytes }
}

/** What the package lists say of each `name=version`, under that same key. */
export async function askStanzas(
  exact: string[],
  { run, cacheOptions }: Pick<Deps, 'run' | 'cacheOptions'>,
): Promise<Map<string, Stanza>> {
  if (exact.length === 0) return new Map()
  const args = [...cacheOptions, 'show', '--no-all-versions', ...exact]
  const { exitCode, stdout, stderr } = await run('aptCache', args)
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `apt-cache could not read the package lists: ${stderr}`)
  return new Map(
    parseStanzas(stdout).flatMap((stanza) => keysOf(stanza).map((key) => [key, stanza])),
  )
}

/** A stanza does not say whether its architecture is the host's own. */
const keysOf = ({ name, version, architecture }: Stanza) => [
  `${name}:${architecture}=${version}`,
  `${name}=${version}`,
]
