import type { Host } from '../lab/host.ts'
import type { LabPackage } from '../lab/repository/deb.ts'
import type { OrdinaryHost } from './ordinary-host.ts'

/** An upgrade of a host, and the way back from it. */
export type Upgrade = {
  title: string
  old: string[]
  /** Each as apt takes it: `lab-hello=1.1-1`. */
  newer: string[]
  /** What the maintainer script of lab-sleep waits, as others wait for a service or an initramfs. */
  sleep_seconds: number
  /** How often it is measured. */
  rounds: number
}

const MANY = Array.from({ length: 40 }, (_, index) => `lab-many-${index + 1}`)
const FILES = 100

export const upgrades = {
  small: {
    title: '5 small packages',
    old: [
      'lab-hello=1.0-1',
      'lab-conf=1.0-1',
      'lab-newdep=1.0-1',
      'lab-svc=1.0-1',
      'lab-held=1:1.0-1',
    ],
    newer: [
      'lab-hello=1.1-1',
      'lab-conf=2.0-1',
      'lab-newdep=2.0-1',
      'lab-svc=2.0-1',
      'lab-held=1:1.1-1',
    ],
    sleep_seconds: 0,
    rounds: 5,
  },
  ordinary: {
    title: `${MANY.length + 1} packages, ${MANY.length * FILES} files, 7 s of scripts`,
    old: ['lab-sleep=1.0-1', ...MANY.map((name) => `${name}=1.0-1`)],
    newer: ['lab-sleep=2.0-1', ...MANY.map((name) => `${name}=2.0-1`)],
    sleep_seconds: 7,
    rounds: 4,
  },
} satisfies Record<string, Upgrade>

const nameOf = (wanted: string): string => wanted.replace(/=.*/, '')

/** The lab's index alone: the host reaches no other, and keeps what it has of them. */
const LAB_ONLY = [
  'Dir::Etc::sourcelist=sources.list.d/lab.sources',
  'Dir::Etc::sourceparts=-',
  'APT::Get::List-Cleanup=0',
]

const published = new WeakSet<object>()

/** Offers the host what the lab's repository does not have anyway; once, for two packages of one version never differ. */
export async function publish({ host, repository }: Pick<OrdinaryHost, 'host' | 'repository'>) {
  if (published.has(repository)) return
  published.add(repository)
  await repository.add(...MANY.flatMap((name) => [many(name, '1.0-1'), many(name, '2.0-1')]))
  await host.sh(`apt-get -qq update ${LAB_ONLY.map((option) => `-o ${option}`).join(' ')}`)
}

const many = (name: string, version: string): LabPackage => ({
  name,
  version,
  suite: version === '1.0-1' ? 'release' : 'security',
  files: Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => file(name, version, index)),
  ),
  random_bytes: 128 * 1024,
})

const file = (name: string, version: string, index: number) =>
  [`usr/share/${name}/${index}`, `${name} ${version} ${index}\n`.repeat(500)] as const

const KEPT = '/var/tmp/packages-before.tar'

/** Installs what the upgrade begins with, and keeps what dpkg and apt then know of it. */
export async function prepare(host: Host, { old }: Upgrade) {
  await host.sh(
    `echo 0 >/etc/lab-sleep; apt-get -qq -y --allow-downgrades install ${old.join(' ')}`,
  )
  await host.sh(`tar -C / -cf ${KEPT} var/lib/dpkg var/lib/apt/extended_states`)
}

/**
 * Takes a host back to where the upgrade begins, its downloads too, and leaves apt's own cache warm. Only the
 * database goes back, which is quick: the same files are unpacked over those of the same names every time.
 */
export async function goBack(host: Host, { sleep_seconds }: Upgrade) {
  await host.sh(`rm -rf /var/lib/dpkg; tar -C / -xf ${KEPT}; echo ${sleep_seconds} >/etc/lab-sleep`)
  await host.sh('apt-get clean; apt-cache policy bash')
}

/** As a host is most of the time, read by the manager since it last changed; gives the ids of the patches to apply. */
export async function findPatches({ host, id, manager }: OrdinaryHost, upgrade: Upgrade) {
  await goBack(host, upgrade)
  const { patches } = await manager.api.refreshHost({ id })
  const names = new Set(upgrade.newer.map(nameOf))
  return patches
    .filter((patch) => patch.affected_packages.every((name) => names.has(name)))
    .map((patch) => patch.id)
}

/** Throws where a host does not have what it should: a figure of something else is worse than none. */
export async function checkDone(host: Host, { newer }: Upgrade) {
  const format = "'${Package}=${Version} ${db:Status-Abbrev}\\n'"
  const installed = await host.sh(`dpkg-query -W -f ${format}`)
  const missing = newer.filter((one) => !installed.includes(`${one} ii `))
  if (missing.length > 0) throw new Error(`Not done on ${host.name}: ${missing.join(' ')}`)
}
