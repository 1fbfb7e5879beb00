import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { run } from '../run.ts'
import { rpmAdvisories, updateinfo } from './rpm-advisories.ts'
import { rpmKeys, type RpmKeys } from './rpm-keys.ts'
import { rpmPackages } from './rpm-packages.ts'
import { buildRpm, type RpmPackage, type RpmRepository } from './rpm.ts'
import { signBeside, signRpms } from './signature.ts'

export const rpmRepositories: RpmRepository[] = ['lab', 'lab-extras']

/** The rpm repositories that every lab starts from: a folder with one for each name. */
export async function builtRpmRepositories(): Promise<string> {
  const sources = ['rpm', 'rpm-packages', 'rpm-advisories', 'rpm-keys', 'rpm-build', 'signature']
  const code = sources.map((name) => readFileSync(join(import.meta.dirname, `${name}.ts`)))
  return cached('rpm-repository', code, async (place) => {
    for (const name of rpmRepositories) await mkdir(join(place, name))
    await addRpms(place, rpmPackages)
    for (const name of rpmRepositories) await writeMetadata(join(place, name))
    await writeAdvisories(join(place, 'lab'), updateinfo(rpmAdvisories))
  })
}

/** Builds packages into the folders of their repositories, signed by whoever signs there. */
export async function addRpms(place: string, wanted: RpmPackage[]) {
  const { lab, stranger } = await rpmKeys()
  for (const repository of rpmRepositories) {
    const signed: string[] = []
    for (const one of wanted.filter((each) => each.repository === repository))
      for (const architecture of one.architectures ?? ['noarch']) {
        const file = await buildRpm(join(place, repository, 'packages'), one, architecture)
        if (!one.unsigned) signed.push(file)
      }
    const { secret } = keyOf(repository, { lab, stranger })
    if (signed.length > 0) await signRpms(signed, secret)
  }
}

const keyOf = (repository: RpmRepository, { lab, stranger }: RpmKeys) =>
  repository === 'lab' ? lab : stranger

/** Signs what says which files a repository has; whoever writes its metadata anew takes that away. */
export async function signMetadata(place: string, repository: RpmRepository) {
  const { secret } = keyOf(repository, await rpmKeys())
  await signBeside(join(place, repository, 'repodata/repomd.xml'), secret)
}

export const writeMetadata = (repository: string) =>
  run(['createrepo_c', '--quiet', '--no-database', '--general-compress-type=gz', repository])

/** Says what the packages of a repository are about. Without it, there are no advisories at all. */
export const writeAdvisories = (repository: string, text: string) =>
  addMetadata(repository, 'updateinfo', { name: 'updateinfo.xml', text })

/** Says which packages of a repository belong to which stream of which module. */
export const writeModules = (repository: string, text: string) =>
  addMetadata(repository, 'modules', { name: 'modules.yaml', text })

async function addMetadata(repository: string, type: string, file: { name: string; text: string }) {
  const path = join(repository, file.name)
  await writeFile(path, file.text)
  await run(['modifyrepo_c', `--mdtype=${type}`, path, join(repository, 'repodata')])
}
