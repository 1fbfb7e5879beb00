import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { cached } from './cache.ts'
import { unmountBelow } from './mounts.ts'
import { rpmKeys } from './repository/rpm-keys.ts'
import { systemPackage } from './repository/rpm-packages.ts'
import { buildRpm } from './repository/rpm.ts'
import { signRpms } from './repository/signature.ts'
import { run } from './run.ts'

const PACKAGES = ['dnf', 'rpm', 'dnf-plugins-core']

/** What makes a Debian with dnf in it look like a host that has nothing else. */
const files: Record<string, string> = {
  // By itself, Debian's rpm keeps a database in the home of whoever calls it.
  'etc/rpm/macros': '%_dbpath /var/lib/rpm\n',
  // Debian switches this one on; the repository that it makes cannot be checked, and breaks the rest.
  'etc/dnf/plugins/local.conf': '[main]\nenabled = false\n',
  'etc/dnf/dnf.conf': [
    '[main]',
    'gpgcheck=1',
    'installonly_limit=3',
    'clean_requirements_on_remove=True',
    'best=True',
    'skip_if_unavailable=False',
    '',
  ].join('\n'),
  'etc/dnf/vars/releasever': '9\n',
  'etc/os-release': [
    'NAME="Rocky Linux"',
    'VERSION="9.4 (Blue Onyx)"',
    'ID="rocky"',
    'ID_LIKE="rhel centos fedora"',
    'VERSION_ID="9.4"',
    'PLATFORM_ID="platform:el9"',
    'PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"',
    '',
  ].join('\n'),
}

/** A host that lives by dnf: its own layer over a Debian, as a list of the layers that a root has below it. */
export async function dnfBase(debian: string): Promise<string> {
  const { lab } = await rpmKeys()
  const madeOf = [debian, lab.shown, JSON.stringify([PACKAGES, files, systemPackage])]
  const place = await cached('base-dnf', madeOf, async (folder) => {
    const root = await mountLayer(folder, debian)
    try {
      await installPackages(root)
      await writeFiles(root)
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

async function installPackages(root: string) {
  const refusal = join(root, 'usr/sbin/policy-rc.d')
  await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'))
  await writeFile(refusal, '#!/bin/sh\nexit 101\n')
  await chmod(refusal, 0o755)
  const env = { http_proxy: process.env.http_proxy ?? '', DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...words: string[]) =>
    run(['chroot', root, 'apt-get', '-q', '-y', ...words], { env, timeout_ms: 15 * 60_000 })
  await aptGet('update')
  await aptGet('install', '--no-install-recommends', ...PACKAGES)
  await aptGet('clean')
  await run(['chroot', root, 'find', '/var/lib/apt/lists', '-type', 'f', '-delete'])
  for (const file of [refusal, join(root, 'etc/resolv.conf')]) await rm(file)
}

async function writeFiles(root: string) {
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
