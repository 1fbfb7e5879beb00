import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { advisoryFile } from '../advisories/file.ts'
import { apt } from '../apt/apt.ts'
import type { Config } from '../config.ts'
import type { Places } from '../config-places.ts'
import { dnf } from '../dnf/dnf.ts'
import type { PackageManager } from '../package-manager.ts'
import { programs, type Run } from '../run.ts'
import type { Log } from '../services/log.ts'
import { parseOsRelease } from '../services/system.ts'

type Name = PackageManager['name']
type Tools = { run: Run; log: Pick<Log, 'warn'> }
const present: Record<Name, string> = { apt: programs.aptGet, dnf: programs.dnf }

/** The one that the settings name, or the one that the host lives by. */
export function findPackageManager(
  { cache, advisories: file }: Places,
  chosen: Config['package_manager'],
  { run, log }: Tools,
): PackageManager {
  const name = chosen === 'auto' ? nameByHost() : chosen
  if (!existsSync(present[name]))
    throw new Failure('PKG_MANAGER_ERROR', `This host has no ${present[name]}.`)
  if (name === 'dnf') return dnf(run, { generation: generationOf(programs.dnf) })
  const warn = (problem: string) => log.warn({ problem }, 'advisories not taken')
  return apt(run, { cacheFolder: cache, advisories: advisoryFile({ file, warn }).read })
}

/** Where dnf 5 is the host's own, `dnf` is a link to it. */
export const generationOf = (file: string) => (basename(realpathSync(file)) === 'dnf5' ? 5 : 4)

/** Either can be installed on a host that lives by the other, so what the host calls itself decides. */
export function nameByHost(root = '/'): Name {
  const has = (name: Name) => existsSync(join(root, present[name]))
  const file = join(root, 'etc/os-release')
  const os = parseOsRelease(existsSync(file) ? readFileSync(file, 'utf8') : '')
  const family = `${os.get('ID') ?? ''} ${os.get('ID_LIKE') ?? ''}`.split(' ')
  const isOfRpm = ['rhel', 'fedora', 'centos', 'amzn'].some((name) => family.includes(name))
  const [first, second]: [Name, Name] = isOfRpm ? ['dnf', 'apt'] : ['apt', 'dnf']
  return has(first) || !has(second) ? first : second
}
