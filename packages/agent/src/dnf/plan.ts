import type { TransactionChange } from '@linux-patch/shared/transaction'
import { refuseRemovals } from '../alike.ts'
import type { Plan, TransactionRequest } from '../package-manager.ts'
import { nameOf, type Installed } from './installed.ts'
import type { Known } from './known.ts'
import type { Answer, Ask, Coming } from './program.ts'
import { toAsked } from './request.ts'
import { comesForSecurity, isSecurity } from './security.ts'
import { compareVersions } from './versions.ts'

type Deps = { ask: Ask; installed: Map<string, Installed>; known: () => Promise<Known> }

/** The exact transaction as dnf's own solver has it now. */
export async function makePlan(request: TransactionRequest, deps: Deps): Promise<Plan> {
  const { ask, installed, known } = deps
  const solved = await ask('plan', toAsked(request))
  const { advised } = await known()
  const changes = toChanges(solved, installed, advised)
  refuseMore(request, changes, installed)
  const missing = solved.install.filter(({ is_here }) => !is_here)
  return {
    changes,
    download_bytes: sum(missing.map(({ download_bytes }) => download_bytes)),
    disk_bytes:
      sum(solved.install.map(({ installed_bytes }) => installed_bytes)) -
      sum(solved.remove.map(({ installed_bytes }) => installed_bytes)),
  }
}

/** What comes and what goes under one name is one change; a kernel comes beside the one that is there. */
export function toChanges(
  { install, remove }: Answer<'plan'>,
  installed: Map<string, Installed>,
  advised: Known['advised'],
): TransactionChange[] {
  const goes = new Map(remove.map((one) => [keyOf(one), one]))
  const comes = install.map((one) => toComing(one, goes.get(keyOf(one)), { installed, advised }))
  const paired = new Set(install.map(keyOf))
  const gone = [...installed.values()].filter((one) =>
    remove.some(
      (item) =>
        !(paired.has(keyOf(item)) && item === goes.get(keyOf(item))) &&
        item.name === one.plain &&
        item.arch === one.architecture &&
        item.version === one.version,
    ),
  )
  return [...comes, ...gone.map(toGoing)]
}

/** A package may become independent of its architecture, and is the same package. */
const keyOf = (one: { name: string; arch: string }) => nameOf(one)

type World = { installed: Map<string, Installed>; advised: Known['advised'] }

function toComing(
  coming: Coming,
  going: { version: string } | undefined,
  { installed, advised }: World,
): TransactionChange {
  const name = nameOf(coming)
  const present = installed.get(name)
  const update = { ...coming, source: '', taken: true, excluded: false, replaced_by: [] }
  return {
    name,
    action: actionOf(coming, going),
    version_before: present?.version ?? null,
    version_planned: coming.version,
    download_bytes: coming.download_bytes,
    origins: [coming.repository],
    security: present
      ? isSecurity(present, update, advised) === true
      : comesForSecurity(coming, advised),
  }
}

function actionOf({ version }: Coming, going: { version: string } | undefined) {
  if (!going) return 'install'
  const order = compareVersions(version, going.version)
  if (order === 0) return 'reinstall'
  return order > 0 ? 'upgrade' : 'downgrade'
}

const toGoing = ({ name, beside, version }: Installed): TransactionChange => ({
  name: beside ?? name,
  action: 'remove',
  version_before: version,
  version_planned: null,
  download_bytes: null,
  origins: [],
  security: false,
})

/** What is to go besides takes force, and a rollback never does it. */
function refuseMore(
  { operation, remove, force }: TransactionRequest,
  changes: TransactionChange[],
  installed: Map<string, Installed>,
) {
  // Of what dnf takes away by itself for an update there are old kernels, and names that are no more.
  if (operation !== 'rollback' && (operation !== 'remove' || force)) return
  const named = new Set(remove.flatMap((name) => [name, installed.get(name)?.beside]))
  const more = changes.filter(({ action, name }) => action === 'remove' && !named.has(name))
  refuseRemovals(
    more.map(({ name }) => name),
    { operation },
  )
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
