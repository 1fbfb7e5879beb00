import { readdir } from 'node:fs/promises'
import type { Command, Damage } from '../package-manager.ts'
import { programs, type Run } from '../run.ts'
import { packageEnvironment, writeOptions } from './commands.ts'
import { queryInstalled, type Installed } from './installed.ts'

type Deps = { run: Run; cacheOptions: string[]; journal: string }

/** What keeps the next transaction from running: a dpkg cut off, packages half installed, needs not met. */
export async function findDamage({ run, cacheOptions, journal }: Deps): Promise<Damage> {
  const [entries, installed] = await Promise.all([readdir(journal), queryInstalled(run)])
  // dpkg numbers the files of its journal and removes them at its end: what is left shows that it had none.
  const interrupted = entries.some((name) => /^\d+$/.test(name))
  const broken = installed.filter(({ status }) => status === 'broken')
  const namesOf = (all: Installed[]) => all.map(({ name }) => name)
  if (interrupted || broken.length > 0)
    return {
      interrupted,
      broken_packages: namesOf(broken),
      half_unpacked: namesOf(broken.filter(({ half_unpacked }) => half_unpacked)),
    }

  const check = [...cacheOptions, '-o', 'Debug::NoLocking=1', '--quiet', 'check']
  const { exitCode, stdout } = await run('aptGet', check)
  return { interrupted, broken_packages: exitCode === 0 ? [] : parseUnmet(stdout) }
}

/**
 * Reads `apt-get check`, which names packages that are installed without what they need:
 *
 *      lab-hello : Depends: lab-base (>= 1.0) but it is not installed
 */
export const parseUnmet = (stdout: string): string[] => [
  ...new Set([...stdout.matchAll(/^ (\S+) : \w+: /gm)].map(([, name = '']) => name)),
]

/**
 * Repairs forward, to the versions that were on their way; no step may remove a package. apt passes over what is
 * half unpacked as long as its old version is to be had: it has to be named to be unpacked again.
 */
export function repairCommands({
  interrupted,
  broken_packages,
  half_unpacked = [],
}: Damage): Command[] {
  if (!interrupted && broken_packages.length === 0) return []
  const configure = ['--force-confdef', '--force-confold', '--configure', '--pending']
  const fix = [...writeOptions, '--fix-broken', '--no-remove', 'install']
  const again = [...writeOptions, '--no-remove', 'install', '--reinstall', '--', ...half_unpacked]
  return [
    { argv: [programs.dpkg, ...configure], env: packageEnvironment },
    { argv: [programs.aptGet, ...fix], env: packageEnvironment },
    ...(half_unpacked.length > 0
      ? [{ argv: [programs.aptGet, ...again], env: packageEnvironment }]
      : []),
  ]
}
