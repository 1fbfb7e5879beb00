import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { dnfBase } from './dnf-base.ts'
import { dnf4, dnf5 } from './dnf-systems.ts'
import type { Base } from './root.ts'
import { run } from './run.ts'

/** Makes what a host's root has below it: a folder, or several of them, one over the other. */
export const bases: Record<Base, () => Promise<string>> = {
  'debian-12': () => bootstrapped({ codename: 'bookworm', archive: 'debian' }),
  'debian-13': () => bootstrapped({ codename: 'trixie', archive: 'debian', more: [UBUNTU_KEYS] }),
  'ubuntu-24.04': () =>
    bootstrapped({
      codename: 'noble',
      archive: 'ubuntu',
      script: '/usr/share/debootstrap/scripts/gutsy', // that of every Ubuntu since, where noble has no name yet
      keyring: async () =>
        join(await bases['debian-13'](), 'usr/share/keyrings/ubuntu-archive-keyring.gpg'),
    }),
  dnf: async () => dnfBase('dnf', await bases['debian-12'](), dnf4),
  dnf5: async () => dnfBase('dnf5', await bases['debian-13'](), dnf5),
  machine: () => Promise.resolve('/'),
}

/** Ubuntu is told to be Ubuntu by keys that Debian 13 has in a package, and Debian's own keys vouch for that. */
const UBUNTU_KEYS = 'ubuntu-keyring'

/** What a host needs beside a minimal system: an init that runs units, and what our Node links to. */
const INCLUDE = ['systemd', 'systemd-sysv', 'dbus', 'iproute2', 'libatomic1', 'procps']

type System = {
  codename: string
  archive: 'debian' | 'ubuntu'
  /** More packages. */
  more?: string[]
  /** How debootstrap goes about it, where its own choice by codename will not do. */
  script?: string
  /** Whom to trust, where it is not whom this machine trusts. */
  keyring?: () => Promise<string>
}

/** A minimal system whose every package is signed for by its distribution. */
function bootstrapped({ codename, archive, more = [], script, keyring }: System): Promise<string> {
  const include = [...INCLUDE, ...more]
  return cached(`base-${codename}`, include, async (folder) => {
    const trusted = keyring ? [`--keyring=${await keyring()}`] : []
    const options = ['--variant=minbase', '--force-check-gpg', `--include=${include.join()}`]
    const place = [codename, folder, await mirrorOf(archive, codename), ...(script ? [script] : [])]
    const env = { http_proxy: process.env.http_proxy ?? '' }
    const argv = ['debootstrap', ...options, ...trusted, ...place]
    await run(argv, { env, timeout_ms: 15 * 60_000 })
    await leaveOut(folder)
  })
}

/** What each host has its own of, and what only takes room. */
async function leaveOut(root: string) {
  for (const folder of ['var/lib/apt/lists', 'var/cache/apt/archives'])
    for (const name of await readdir(join(root, folder)))
      await rm(join(root, folder, name), { recursive: true })
  for (const file of ['etc/machine-id', 'etc/hostname', 'etc/resolv.conf'])
    await rm(join(root, file), { force: true })
}

/** The mirror that this machine's own apt uses; empty where it has none, for debootstrap knows the public one. */
async function mirrorOf(archive: System['archive'], codename: string): Promise<string> {
  const format = '$(RELEASE) $(COMPONENT) $(REPO_URI)'
  const lines = await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const ending = new RegExp(` main .*/${archive}/?$`)
  const main = lines.split('\n').filter((line) => ending.test(line))
  const found = main.find((line) => line.startsWith(`${codename} `)) ?? main[0]
  return found?.split(' ')[2] ?? ''
}
