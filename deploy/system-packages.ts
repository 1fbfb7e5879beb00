import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const purposes = ['lab', 'test', 'demo'] as const
type Purpose = (typeof purposes)[number]

/** Every Debian package that this checkout asks of a machine: what for, and why. */
const wanted: { name: string; for: readonly Purpose[]; why: string }[] = [
  { name: 'systemd-container', for: purposes, why: 'boots the hosts of the lab (systemd-nspawn)' },
  {
    name: 'dbus',
    for: purposes,
    why: 'the hosts made of this machine talk to their systemd by it',
  },
  { name: 'iproute2', for: purposes, why: 'gives each lab a bridge, and each host a network' },
  { name: 'gpg', for: purposes, why: "signs the lab's package repository" },
  { name: 'gpg-agent', for: purposes, why: 'holds the signing key while gpg signs' },
  { name: 'debootstrap', for: ['lab', 'test'], why: 'makes the systems that test hosts boot' },
  {
    name: 'debian-archive-keyring',
    for: ['lab', 'test'],
    why: 'tells that those systems are Debian',
  },
  { name: 'rpm', for: ['test'], why: 'builds and signs the rpm packages of the lab' },
  { name: 'createrepo-c', for: ['test'], why: 'makes rpm repositories of them' },
  { name: 'chromium', for: ['test'], why: 'the page is tested in a real browser' },
  { name: 'postgresql', for: ['test'], why: 'the stores are tested on both databases' },
  { name: 'openssl', for: ['test'], why: 'certificates are checked by a program that is not ours' },
  { name: 'gnutls-bin', for: ['test'], why: 'certificates are checked by a second such program' },
  { name: 'curl', for: ['test'], why: 'the API is called by a client that is not ours' },
]

/** Nothing is asked, and nothing that runs on this machine is restarted. */
const quietly = {
  ...process.env,
  DEBIAN_FRONTEND: 'noninteractive',
  NEEDRESTART_SUSPEND: '1',
}

function main(purpose: string | undefined) {
  if (!isPurpose(purpose)) {
    console.error(`Say what the packages are for: ${purposes.join(', ')}.`)
    process.exit(2)
  }

  const needed = wanted.filter((entry) => entry.for.includes(purpose))
  const installed = installedOf(needed.map(({ name }) => name))
  const missing = needed.filter(({ name }) => !installed.has(name))
  if (missing.length === 0) return

  const reason = whyNot()
  console.log(reason ? `Left out, because ${reason}:` : 'Installing by apt-get:')
  for (const { name, why } of missing) console.log(`  ${name.padEnd(18)} ${why}`)
  if (!reason) install(missing.map(({ name }) => name))
}

const isPurpose = (word: string | undefined): word is Purpose =>
  (purposes as readonly (string | undefined)[]).includes(word)

function installedOf(names: string[]): Set<string> {
  const format = '${db:Status-Status} ${Package}\n'
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' })
  const lines = (stdout ?? '').split('\n').filter((line) => line.startsWith('installed '))
  return new Set(lines.map((line) => line.slice('installed '.length)))
}

function whyNot(): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'this machine has no apt-get'
  if (process.getuid?.() !== 0) return 'only root can install packages'
  return undefined
}

/** A failure is told and not fatal: each test names what it lacks, and the rest can run. */
function install(names: string[]) {
  const update = aptGet(['update'])
  const installed = aptGet(['install', '--yes', '--no-install-recommends', ...names])
  if (installed) return
  console.log(`apt-get could not ${update ? 'install these' : 'refresh its lists'}; going on.`)
}

const aptGet = (args: string[]): boolean =>
  spawnSync('apt-get', ['--quiet=2', '-oDpkg::Use-Pty=0', ...args], {
    env: quietly,
    stdio: 'inherit',
  }).status === 0

main(process.argv[2])
