import { copyFile, cp, readdir } from 'node:fs/promises'
import { join as path } from 'node:path'
import { bundle } from '../../deploy/bundle.ts'
import { openLab } from '../lab/lab.ts'
import type { Host } from '../lab/host.ts'
import { callerTo } from '../stories/caller.ts'
import { join } from '../stories/fleet.ts'
import { startManager } from '../stories/manager.ts'

/** So seldom that the manager's own reading falls into no measurement. */
const SELDOM = { read_every_seconds: 36_000, retry_every_seconds: 1 }

/** More than any bench asks. */
const UNLIMITED = `rate_limits:
  health: 100000
  package_list: 100000
  patch_operations: 100000
  job_operations: 100000
  system: 100000
`

/** The images of containers switch apt's cache off; with it off it would be too easy to be faster. */
const OF_CONTAINERS = '/etc/apt/apt.conf.d/docker-*'

export type OrdinaryHost = Awaited<ReturnType<typeof openOrdinaryHost>>

/** An enrolled host that has as many packages as this machine, and its package lists with the updates they name. */
export async function openOrdinaryHost() {
  await using opened = new AsyncDisposableStack()
  const lab = opened.use(await openLab({ hosts: ['web'], base: 'machine' }))
  const { web } = lab.hosts
  await web.sh(`rm -f ${OF_CONTAINERS}`)
  await web.aptUpdate()
  await copyPackageLists(web)
  await web.installAgent(await bundle())
  await web.write('/etc/linux_patch_api/config.yaml', UNLIMITED)

  const config = { hosts: SELDOM }
  const manager = opened.use(await startManager({ address: lab.gateway, config }))
  const id = await join(web, manager)
  const caller = opened.use(await callerTo(web, manager))
  const all = opened.move()
  const { repository } = lab
  return {
    host: web,
    /** The manager's id of it. */
    id,
    repository,
    manager,
    caller,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/**
 * A lab hides them, for its hosts reach no mirror. To be listed an update need not be reached, and a host without
 * a real index would have apt's work done in no time.
 */
async function copyPackageLists({ root }: Host) {
  const lists = '/var/lib/apt/lists'
  for (const entry of await readdir(lists, { withFileTypes: true }))
    if (entry.isFile() && entry.name !== 'lock')
      await copyFile(path(lists, entry.name), path(root, lists, entry.name))
  for (const sources of ['/etc/apt/sources.list', '/etc/apt/sources.list.d'])
    await cp(sources, path(root, sources), { recursive: true }).catch(ignoreMissing)
}

function ignoreMissing(error: NodeJS.ErrnoException) {
  if (error.code !== 'ENOENT') throw error
}

/** As a sentence for whoever reads the figures. */
export async function describe({ caller }: OrdinaryHost): Promise<string> {
  const [all, pending] = await Promise.all([
    caller.api.listPackages({ limit: 1 }),
    caller.api.listPackages({ limit: 1, status: 'upgradable' }),
  ])
  return `The host is made of this machine and has its ${all.total} packages, of which ${pending.total} have an update.`
}
