import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.ts'
import type { Base } from './root.ts'
import { run } from './run.ts'

/** What a host needs beside a minimal Debian: an init that runs units, and what our Node links to. */
const INCLUDE = ['systemd', 'systemd-sysv', 'dbus', 'iproute2', 'libatomic1', 'procps']

/** Makes the folder that a host's root has below it. */
export const bases: Record<Base, () => Promise<string>> = {
  'debian-12': () => debianBase(),
  machine: () => Promise.resolve('/'),
}

const debianBase = (): Promise<string> =>
  cached('base-bookworm', INCLUDE, async (folder) => {
    const include = `--include=${INCLUDE.join()}`
    const argv = ['debootstrap', '--variant=minbase', include, 'bookworm', folder, await mirror()]
    const env = { http_proxy: process.env.http_proxy ?? '' }
    await run(argv, { env, timeout_ms: 15 * 60_000 })
    await leaveOut(folder)
  })

/** What each host has its own of, and what only takes room. */
async function leaveOut(root: string) {
  for (const folder of ['var/lib/apt/lists', 'var/cache/apt/archives'])
    for (const name of await readdir(join(root, folder)))
      await rm(join(root, folder, name), { recursive: true })
  for (const file of ['etc/machine-id', 'etc/hostname', 'etc/resolv.conf'])
    await rm(join(root, file), { force: true })
}

/** The mirror that this machine's own apt uses. */
async function mirror(): Promise<string> {
  const format = '$(RELEASE) $(COMPONENT) $(REPO_URI)'
  const lines = await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const main = lines.split('\n').filter((line) => / main .*\/debian\/?$/.test(line))
  const found = main.find((line) => line.startsWith('bookworm ')) ?? main[0]
  const address = found?.split(' ')[2]
  if (!address) throw new Error('No apt source here is a Debian mirror, to make hosts from.')
  return address
}
