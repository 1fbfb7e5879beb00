import { accessSync, constants, existsSync, globSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { hierarchies } from '../../test/lab/cgroups.ts'

/** What the hosts cannot boot without, and why. */
const programs = {
  'systemd-nspawn': 'boots the hosts',
  nsenter: 'runs commands in them',
  ip: 'gives them a network',
  gpg: 'signs their package repository',
  'gpg-agent': 'holds the signing key',
  'dpkg-deb': 'makes its test packages',
  'apt-get': 'is what the demo is about',
  'dbus-daemon': 'lets them talk to their systemd',
}

/** Bits of a process's capabilities, as linux/capability.h numbers them. */
const capabilities = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n }

/** What this machine lacks to boot real hosts, in words for whoever can provide it. */
export function lacking(): string[] {
  const lacks = [
    process.getuid?.() !== 0 && 'root: only root may boot hosts and give them a network',
    !hasOverlay() && 'overlay: file systems laid over one another, a module of the kernel',
    !hasCgroups() &&
      'cgroups: /sys/fs/cgroup cannot be written, as in a container that is confined',
    ...Object.entries(programs).map(([name, why]) => !hasProgram(name) && `${name}: ${why}`),
    ...confinedBy().map((name) => `${name}: root here may not do what root elsewhere may`),
  ]
  return lacks.filter((lack) => lack !== false)
}

function confinedBy(): string[] {
  if (process.getuid?.() !== 0) return [] // which says it all
  const status = readFileSync('/proc/self/status', 'utf8')
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return Object.entries(capabilities)
    .filter(([, bit]) => ((effective >> bit) & 1n) === 0n)
    .map(([name]) => name)
}

const hasProgram = (name: string) =>
  `${process.env.PATH}:/usr/sbin:/sbin`
    .split(delimiter)
    .some((folder) => allows(join(folder, name), constants.X_OK))

const hasCgroups = () =>
  process.getuid?.() !== 0 ||
  (hierarchies().length > 0 && hierarchies().every((path) => allows(path, constants.W_OK)))

/** Built in, loaded, or a module that the first mount loads. */
const hasOverlay = () =>
  readFileSync('/proc/filesystems', 'utf8').includes('\toverlay\n') ||
  globSync('/lib/modules/*/kernel/fs/overlayfs').some((path) => existsSync(path))

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
