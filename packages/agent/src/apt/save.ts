import { copyFile, mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { statOrNull } from '../files/missing.ts'
import type { Plan, Saved } from '../package-manager.ts'
import { cachedFile, fetchedName } from './archive-cache.ts'
import { askOffered, findGoing, notWhole, type Installs, type SaveDeps } from './can-save.ts'
import { keepConfiguration, parseConffiles } from './conffiles.ts'
import { readExceptions, type Exceptions } from './exceptions.ts'
import type { Installed } from './installed.ts'
import { findInfoFiles, readList } from './package-files.ts'
import { askStatus, repack } from './repack.ts'
import { savedFileName } from './saved-file.ts'

type Saving = SaveDeps & { folder: string; exceptions: Exceptions }

/** Keeps the packages that a plan replaces or removes; what is in the folder already is of a try before this one. */
export async function savePackages(
  plan: Plan,
  folder: string,
  { installed, ...deps }: SaveDeps & { installed: Installs },
): Promise<Saved> {
  const saving = { ...deps, folder, exceptions: await readExceptions(deps.root) }
  const going = findGoing(plan, installed)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await fetchOffered(going, saving)

  const saved: Saved = { files: {}, missing: {} }
  const removed = new Set(
    plan.changes.filter(({ action }) => action === 'remove').map(({ name }) => name),
  )
  await twoAtATime(going, async (one) => {
    try {
      const path = await keepPackage(one, saving)
      if (removed.has(one.name)) await keepEdits(one, path, saving)
      saved.files[one.name] = path
    } catch (error) {
      // One that cannot be kept must not cost the others.
      if (!(error instanceof Error)) throw error
      saved.missing[one.name] = error.message
    }
  })
  return saved
}

/** From where it is, or made again. */
async function keepPackage(one: Installed, saving: Saving): Promise<string> {
  const { folder, root } = saving
  const [path, cached] = [join(folder, savedFileName(one)), cachedFile(one, root)]
  if (!(await statOrNull(path))) {
    if (await statOrNull(cached)) {
      await copyFile(cached, `${path}.part`)
      await rename(`${path}.part`, path)
    } else if (one.status === 'broken') throw notWhole(one)
    else await repack(one, folder, saving)
  }
  await check(path, one, saving)
  // Before anything changes: a power cut during the job is what it may be needed for.
  await using kept = await open(path, 'r')
  await kept.sync()
  return path
}

/** What does not come for one reason or another is made again from what is installed. */
async function fetchOffered(going: Installed[], saving: Saving) {
  const { run, cacheOptions, folder, root } = saving
  const here = await Promise.all(
    going.map(
      async (one) =>
        (await statOrNull(join(folder, savedFileName(one)))) ??
        (await statOrNull(cachedFile(one, root))),
    ),
  )
  const offered = await askOffered(
    going.filter((_, at) => !here[at]),
    saving,
  )
  const wanted = going.filter(({ name }) => offered.has(name))
  if (wanted.length === 0) return
  const exact = wanted.map(({ name, version }) => `${name}=${version}`)
  const patience = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=15']
  const args = [...cacheOptions, ...patience, '--quiet', 'download', '--', ...exact]
  await run('aptGet', args, { folder, minutes: 60 })
  for (const one of wanted) {
    const fetched = join(folder, fetchedName(one))
    if (await statOrNull(fetched)) await rename(fetched, join(folder, savedFileName(one)))
  }
}

/** A file that is not what its name says would be noticed only when it is too late. */
async function check(path: string, { name, version }: Installed, { run }: SaveDeps) {
  const { exitCode, stdout, stderr } = await run('dpkgDeb', ['--field', path, 'Version'])
  if (exitCode === 0 && stdout.trim() === version) return
  throw new Failure(
    'PKG_MANAGER_ERROR',
    `What was kept of ${name} ${version} is no package: ${stderr}`,
  )
}

async function keepEdits(one: Installed, path: string, { run, root }: Saving) {
  const [info, stanza] = await Promise.all([findInfoFiles(one, root), askStatus(one, run)])
  const place = { path, listed: await readList(info), root }
  await keepConfiguration(parseConffiles(stanza), place, run)
}

/** Packing takes a processor each; the host has other things to do. */
async function twoAtATime<Item>(items: Item[], work: (item: Item) => Promise<void>) {
  const queue = items.values()
  const lane = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all([lane(), lane()])
}
