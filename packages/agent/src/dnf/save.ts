import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rollback } from '@linux-patch/shared/agent-job'
import { Failure } from '@linux-patch/shared/failure'
import type { Plan, Saved } from '../package-manager.ts'
import { toExact, type Installed } from './installed.ts'
import type { Answer, Ask, Exact } from './program.ts'
import { savedFileName } from './saved-file.ts'

type Deps = { ask: Ask; installed: Map<string, Installed> }

/** What a plan replaces or removes. A kernel that comes beside another replaces nothing. */
export function findGoing(
  { changes }: Pick<Plan, 'changes'>,
  installed: Map<string, Installed>,
): Installed[] {
  const going = changes.filter(({ action }) => ['upgrade', 'downgrade', 'remove'].includes(action))
  return going.flatMap(({ name }) => findPackage(name, installed) ?? [])
}

/** By the name that a change has for it, which for a kernel is the full one. */
const findPackage = (name: string, installed: Map<string, Installed>) =>
  installed.get(name) ?? [...installed.values()].find(({ beside }) => beside === name)

const gone = ({ plain, version }: Installed) =>
  `no repository of this host has ${plain} ${version} any more, and rpm cannot pack what is installed`

/** From the repositories alone: rpm has no way to make a package of what is installed. */
export async function canSave(plan: Plan, { ask, installed }: Deps): Promise<Rollback> {
  const going = findGoing(plan, installed)
  const offers = await ask('offers', { names: [...new Set(going.map(({ plain }) => plain))] })
  const lost = going.find((one) => !offers.some((offer) => isSame(offer, one)))
  return { possible: !lost, reason: lost ? `It cannot be taken back: ${gone(lost)}.` : null }
}

/** Keeps what a plan replaces or removes. */
export async function savePackages(
  plan: Plan,
  folder: string,
  { ask, installed }: Deps,
): Promise<Saved> {
  const going = findGoing(plan, installed)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { packages, problem } = await fetchAll(going, folder, ask)
  const saved: Saved = { files: {}, missing: {} }
  for (const one of going) {
    const path = join(folder, savedFileName(toExact(one)))
    if (packages.some((found) => isSame(found, one))) {
      await sync(path)
      saved.files[one.beside ?? one.name] = path
    } else saved.missing[one.beside ?? one.name] = problem || gone(one)
  }
  return saved
}

/** Where something did not come, what came is there nevertheless. */
async function fetchAll(going: Installed[], folder: string, ask: Ask): Promise<Answer<'fetch'>> {
  if (going.length === 0) return { packages: [], problem: '' }
  try {
    return await ask('fetch', { packages: going.map(toExact), folder }, 60)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { packages: [], problem: error.message }
  }
}

const isSame = ({ name, version, arch }: Exact, { plain, architecture, ...one }: Installed) =>
  name === plain && version === one.version && arch === architecture

/** Before anything changes: a power cut during the job is what it may be needed for. */
async function sync(path: string) {
  await using kept = await open(path, 'r')
  await kept.sync()
}
