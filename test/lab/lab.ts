import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { shownToHosts } from './agent.ts'
import { bases } from './base.ts'
import { containerOf, type Container } from './container.ts'
import { hostOf, type Host, type HostPlace } from './host.ts'
import { tryLock } from './lock.ts'
import { isTaken, openBridge, plugIn } from './network.ts'
import { addressOf, folderOf, gatewayOf, hostId } from './places.ts'
import { aptFiles, openRepository, type Repository } from './repository/open.ts'
import { releaseOf } from './repository/releases.ts'
import { dnfFiles, openRpmRepositories, type RpmRepositories } from './repository/rpm-open.ts'
import { furnish, livesByDnf, mountRoot, newMachineId, privateFolders, type Base } from './root.ts'
import { reclaim, sweep } from './sweep.ts'

export type LabOptions<Name extends string> = {
  /** The hosts' names. All boot at once. */
  hosts: readonly Name[]
  /** What they are made from, all of them or each. */
  base: Base | Record<Name, Base>
  /** Folders of this machine that a host made of it must not see, beside those that none may. */
  hide?: string[]
  /** How much a host can write before its disk is full. It lies in memory, and takes what is used. */
  disk?: string
}

export type Lab<Name extends string = string> = AsyncDisposable & {
  number: number
  /** This machine's address on the lab's bridge: where hosts find the manager and the repository. */
  gateway: string
  hosts: Record<Name, Host>
  repository: Repository
  /** The same for hosts that live by dnf. Only a lab with such a host has them. */
  rpms: RpmRepositories
}

/** Boots hosts on a network of their own, with a package repository. Disposing it leaves nothing. */
export async function openLab<const Name extends string>(
  options: LabOptions<Name>,
): Promise<Lab<Name>> {
  await reclaim()
  const baseOf = (name: Name) =>
    typeof options.base === 'string' ? options.base : options.base[name]
  const lowers = await findLowers(options.hosts.map(baseOf))

  await using opened = new AsyncDisposableStack()
  const number = await claimNumber(opened)
  await sweep(number) // its last owner may have died since we reclaimed
  opened.defer(() => sweep(number))
  await mkdir(folderOf(number), { recursive: true })
  await openBridge(number)

  const gateway = gatewayOf(number)
  const release = releaseOf([...lowers.keys()])
  const repository = opened.use(await openRepository(folderOf(number), gateway, release))
  const rpms = [...lowers.keys()].some(livesByDnf)
    ? opened.use(await openRpmRepositories(folderOf(number), gateway))
    : undefined
  const places = options.hosts.map((name, index) => placeOf(number, index + 1, name))
  const containers = places.map((place, index) =>
    containerOf(containerOptions(place, baseOf(options.hosts[index] as Name), options.hide)),
  )
  opened.defer(() => endAll(containers))
  const hosts = await bootAll(places, containers, async (place, index) => {
    const base = baseOf(options.hosts[index] as Name)
    const lower = lowers.get(base) as string
    const sources = livesByDnf(base) && rpms ? dnfFiles(rpms) : aptFiles(repository)
    const files = { ...sources, 'etc/hosts': hostsFile(places) }
    await mountRoot({ folder: join(place.root, '..'), lower, size: options.disk ?? '8g' })
    await furnish(place.root, base, { ...place, files })
    await plugIn(number, index + 1)
  })

  const all = opened.move()
  const named = Object.fromEntries(hosts.map((host) => [host.name, host])) as Record<Name, Host>
  return {
    number,
    gateway,
    hosts: named,
    repository,
    get rpms() {
      if (!rpms) throw new Error('No host of this lab lives by dnf.')
      return rpms
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** What each kind of base has below it. One after the other, for they may be made from each other. */
async function findLowers(used: Base[]): Promise<Map<Base, string>> {
  const lowers = new Map<Base, string>()
  for (const base of used) if (!lowers.has(base)) lowers.set(base, await bases[base]())
  return lowers
}

/** Takes the first number that no lab has, and with it the network and all names made of it. */
async function claimNumber(opened: AsyncDisposableStack): Promise<number> {
  for (let number = 1; number < 255; number++) {
    const claim = isTaken(number) ? undefined : await tryLock(`lab-${number}`)
    if (!claim) continue
    opened.use(claim)
    return number
  }
  throw new Error('Every network that a lab could have is taken.')
}

function placeOf(number: number, index: number, name: string): HostPlace {
  const folder = join(folderOf(number), 'hosts', name)
  return {
    name,
    address: addressOf(number, index),
    machine_id: newMachineId(),
    id: hostId(number, index),
    root: join(folder, 'root'),
    console: join(folder, 'console.log'),
  }
}

const containerOptions = ({ id, root, console, name }: HostPlace, base: Base, hide?: string[]) => ({
  id,
  root,
  console,
  hostname: name,
  hidden: base === 'machine' ? privateFolders(hide) : [],
  shown: shownToHosts,
})

const hostsFile = (places: HostPlace[]) =>
  ['127.0.0.1 localhost', ...places.map(({ address, name }) => `${address} ${name}`), ''].join('\n')

type Prepare = (place: HostPlace, index: number) => Promise<void>

async function bootAll(places: HostPlace[], containers: Container[], prepare: Prepare) {
  const booting = places.map(async (place, index) => {
    await prepare(place, index)
    const host = hostOf(place, containers[index] as Container)
    await host.start()
    return host
  })
  // All come to an end before one that failed is told, so that closing meets none half-way.
  await Promise.allSettled(booting)
  return Promise.all(booting)
}

const endAll = (containers: Container[]) =>
  Promise.all(containers.map((container) => container.kill())).then(() => undefined)
