import { Failure } from '@linux-patch/shared/failure'
import { PackageName } from '@linux-patch/shared/package'
import { refuseRemovals } from '../alike.ts'
import type { TransactionRequest } from '../package-manager.ts'
import type { Run } from '../run.ts'
import type { Installed } from './installed.ts'
import type { Step } from './simulation.ts'

/** Only what is there can go; what is left of a package that went, only where that is asked for. */
export function resolveRemoval(
  { remove, exclude_packages, purge }: TransactionRequest,
  installed: Map<string, Installed>,
): string[] {
  const names = remove.filter((name) => !exclude_packages.includes(name))
  for (const name of names) {
    const found = PackageName.safeParse(name).success ? installed.get(name) : undefined
    if (!found || (found.status === 'residual' && !purge))
      throw new Failure('PKG_NOT_FOUND', `${name} is not installed on this host.`)
    if (found.held)
      throw new Failure(
        'PKG_DEPENDENCY_ERROR',
        `${name} is on hold on this host; an administrator must release it first.`,
      )
  }
  return [...new Set(names)]
}

/**
 * Refuses what no host works without. `dpkg-query --show` prints, with a tab between:
 *
 *     base-files	yes	no	no
 *     init	no	yes	no
 *     name	Essential	Protected	Important, which is Protected in the words of an older apt
 */
export async function refuseVital(names: string[], run: Run): Promise<void> {
  if (names.length === 0) return
  const format = '${binary:Package}\t${Essential}\t${Protected}\t${Important}\n'
  const args = ['--show', '--showformat', format, '--', ...names]
  const { exitCode, stdout, stderr } = await run('dpkgQuery', args)
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `dpkg could not look its packages up: ${stderr}`)
  const vital = parseVital(stdout)
  if (vital.length > 0)
    throw new Failure('PKG_DEPENDENCY_ERROR', `A host needs ${vital.join(', ')} to work at all.`)
}

export const parseVital = (stdout: string): string[] =>
  stdout
    .split('\n')
    .filter((line) => line.split('\t').slice(1).includes('yes'))
    .map((line) => line.split('\t')[0] ?? '')

/** What is to go besides takes force, and a rollback never does it. */
export function refuseMore(request: TransactionRequest, steps: Step[]): void {
  const { operation, remove, force } = request
  if (operation === 'remove' && force) return
  const more = steps.filter(({ action, name }) => action === 'remove' && !remove.includes(name))
  refuseRemovals(
    more.map(({ name }) => name),
    request,
  )
}
