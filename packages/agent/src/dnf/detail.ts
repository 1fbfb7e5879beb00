import { Failure } from '@linux-patch/shared/failure'
import type { PackageDetail } from '@linux-patch/shared/package'
import type { Run } from '../run.ts'
import { toRpmName } from './installed.ts'
import type { Known } from './known.ts'
import { common } from './listing.ts'
import { dependents, parseDependencies } from './relations.ts'

const NEEDS = '[%{REQUIRENAME} %{REQUIREFLAGS:depflags} %{REQUIREVERSION}\n]'

export async function readDetail(name: string, known: Known, run: Run): Promise<PackageDetail> {
  const installed = known.installed.find((one) => one.name === name)
  if (!installed) throw new Failure('PKG_NOT_FOUND', `${name} is not installed on this host.`)

  const which = toRpmName(installed)
  const ask = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await run('rpm', ['--query', ...args, '--', which])
    if (exitCode === 0) return stdout
    throw new Failure('PKG_MANAGER_ERROR', `rpm could not look ${name} up: ${stderr}`)
  }
  const [needs, files] = await Promise.all([ask('--queryformat', NEEDS), ask('--list')])
  return {
    ...common(installed, known),
    dependencies: parseDependencies(needs),
    reverse_dependencies: dependents(name, known.installed),
    homepage: installed.homepage,
    license: installed.license,
    files: withoutFolders(files.split('\n').filter((line) => line.startsWith('/'))),
  }
}

/** The list names the folders of a package too. */
function withoutFolders(paths: string[]): string[] {
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))
  return paths.filter((path) => !folders.has(path))
}
