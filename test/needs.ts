import { constants, accessSync, existsSync, globSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { delimiter, join } from 'node:path'

type Need =
  | 'lab'
  | 'dnf'
  | 'postgres'
  | 'chromium'
  | 'openssl'
  | 'curl'
  | 'gnutls'
  | 'address'
  | 'apt'
  | 'dpkg'
  | 'rpm'
  | 'root'

const labPrograms = ['systemd-nspawn', 'debootstrap', 'ip', 'dpkg-deb', 'gpg', 'gpg-agent']
const rpmPrograms = ['rpmbuild', 'rpmsign', 'createrepo_c']
const lacking = (names: string[]) => names.filter((name) => !hasProgram(name))

/** What each kind of test cannot do without, in words for whoever has to provide it. */
const needs: Record<Need, () => (string | false)[]> = {
  lab: () => [...needsOfLab(), ...lacking(labPrograms)],
  dnf: () => [...needsOfLab(), ...lacking([...labPrograms, ...rpmPrograms])],
  postgres: () => [
    globSync('/usr/lib/postgresql/*/bin/initdb').length === 0 && 'PostgreSQL (initdb)',
  ],
  chromium: () => [!hasProgram('chromium') && 'chromium'],
  openssl: () => [!hasProgram('openssl') && 'openssl'],
  gnutls: () => [!hasProgram('certtool') && 'certtool'],
  curl: () => [!hasProgram('curl') && 'curl'],
  address: () => [!ownAddress() && 'an IPv4 address other than loopback'],
  apt: () => ['apt-cache', 'apt-get'].map((name) => !hasProgram(name) && name),
  dpkg: () => ['dpkg', 'dpkg-deb'].map((name) => !hasProgram(name) && name),
  rpm: () => [!hasProgram('rpmlua') && 'rpmlua'],
  root: () => [process.getuid?.() !== 0 && 'root'],
}

const needsOfLab = () => [
  process.getuid?.() !== 0 && 'root',
  !hasOverlay() && 'overlay file systems in the kernel',
]

/**
 * For node:test's `skip`: what this machine lacks for a test, or false. Where CI is set nothing may
 * be skipped, so there it throws: a skip that nobody reads is a test that does not exist.
 */
export function skipWithout(need: Need): string | false {
  const missing = needs[need]().filter((lack) => lack !== false)
  if (missing.length === 0) return false

  const reason = `this machine lacks ${missing.join(', ')}`
  if (process.env.CI === 'true') throw new Error(`With CI=true nothing is skipped, but ${reason}.`)
  return reason
}

/** An address of this machine that is not loopback to it, though what goes there never leaves the machine. */
export const ownAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address

const hasProgram = (name: string): boolean =>
  `${process.env.PATH}:/usr/sbin:/sbin`
    .split(delimiter)
    .some((folder) => mayRun(join(folder, name)))

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Built in, loaded, or a module that the first mount loads. */
const hasOverlay = (): boolean =>
  readFileSync('/proc/filesystems', 'utf8').includes('\toverlay\n') ||
  globSync('/lib/modules/*/kernel/fs/overlayfs').some((path) => existsSync(path))
