import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { cached } from './cache.ts'
import type { DnfSystem } from './dnf-systems.ts'
import { unmountBelow } from './mounts.ts'
import { rpmKeys } from './repository/rpm-keys.ts'
import { systemPackage } from './repository/rpm-packages.ts'
import { buildRpm } from './repository/rpm.ts'
import { signRpms } from './repository/signature.ts'
import { run } from './run.ts'

/** A host that lives by dnf: its own layer over a Debian, as a list of the layers that a root has below it. */
export async function dnfBase(name: string, debian: string, system: DnfSystem): Promise<string> {
  const { lab } = await rpmKeys()
  const madeOf = [debian, lab.shown, JSON.stringify([system, systemPackage])]
  const place = await cached(`base-${name}`, madeOf, async (folder) => {
    const root = await mountLayer(folder, debian)
    try {
      await installPackages(root, system)
      await writeFiles(root, system.files)
      if (system.dnf) await symlink(system.dnf, join(root, 'usr/bin/dnf'))
      await fillDatabase(root, lab)
    } finally {
      await unmountBelow(folder)
    }
    await rm(join(folder, 'work'), { recursive: true })
  })
  return `${join(place, 'layer')}:${debian}`
}

async function mountLayer(folder: string, lower: string): Promise<string> {
  const [layer, work, root] = ['layer', 'work', 'root'].map((name) => join(folder, name))
  for (const path of [layer, work, root]) await mkdir(path as string)
  const layers = `lowerdir=${lower},upperdir=${layer},workdir=${work}`
  await run(['mount', '-t', 'overlay', '-o', layers, 'overlay', root as string])
  await run(['mount', '-t', 'proc', 'proc', join(root as string, 'proc')])
  await run(['mount', '--bind', '/dev', join(root as string, 'dev')])
  return root as string
}

async function installPackages(root: string, { packages, from }: DnfSystem) {
  const refusal = join(root, 'usr/sbin/policy-rc.d')
  await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'))
  await writeFile(refusal, '#!/bin/sh\nexit 101\n')
  await chmod(refusal, 0o755)
  const env = { http_proxy: process.env.http_proxy ?? '', DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...words: string[]) =>
    run(['chroot', root, 'apt-get', '-q', '-y', ...words], { env, timeout_ms: 15 * 60_000 })
  const sources = from ? await sourcesOf(root, from) : {}
  await writeFiles(root, sources)
  await aptGet('update')
  await aptGet('install', '--no-install-recommends', ...packages)
  await aptGet('clean')
  await run(['chroot', root, 'find', '/var/lib/apt/lists', '-type', 'f', '-delete'])
  const added = ['etc/resolv.conf', ...Object.keys(sources)].map((path) => join(root, path))
  for (const file of [refusal, ...added]) await rm(file)
}

/** Of a Debian that is not out yet; its systemd would not boot where a machine has control groups of the first kind. */
async function sourcesOf(root: string, codename: string): Promise<Record<string, string>> {
  const own = await readFile(join(root, 'etc/apt/sources.list'), 'utf8')
  const pin = (packages: string) =>
    `Package: ${packages}\nPin: release n=${codename}\nPin-Priority: -1\n`
  return {
    // A mirror may be a snapshot.
    [`etc/apt/sources.list.d/${codename}.list`]: own.replace(
      /^deb (\S+) \S+/,
      `deb [check-valid-until=no] $1 ${codename}`,
    ),
    [`etc/apt/preferences.d/${codename}`]: pin(
      'systemd* libsystemd* libpam-systemd udev libudev* dbus*',
    ),
  }
}

async function writeFiles(root: string, files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    await rm(file, { force: true }) // it may be a link to somewhere else
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

/** The key that the host has accepted, and the package that stands for all of its system. */
async function fillDatabase(root: string, { secret, shown }: { secret: string; shown: string }) {
  const folder = join(root, 'var/tmp')
  const stub = await buildRpm(folder, systemPackage)
  await signRpms([stub], secret)
  const key = join(folder, 'key.asc')
  await writeFile(key, shown)
  const inside = (path: string) => join('/var/tmp', basename(path))
  await run(['chroot', root, 'rpm', '--import', inside(key)])
  await run(['chroot', root, 'rpm', '--install', inside(stub)])
  for (const path of [stub, key]) await rm(path)
}
