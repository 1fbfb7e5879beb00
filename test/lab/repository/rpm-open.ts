import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  addRpms,
  builtRpmRepositories,
  rpmRepositories,
  signMetadata,
  writeAdvisories,
  writeMetadata,
  writeModules,
} from './rpm-build.ts'
import { rpmKeys, type RpmKeys } from './rpm-keys.ts'
import type { RpmPackage, RpmRepository } from './rpm.ts'
import { serveFiles, type Faults } from './serve.ts'

export type RpmRepositories = Awaited<ReturnType<typeof openRpmRepositories>>

/** One lab's view of the rpm repositories: what all labs share, and what this one's tests add to it. */
export async function openRpmRepositories(folder: string, address: string) {
  const own = join(folder, 'rpm-repository')
  await copyLinked(await builtRpmRepositories(), own)
  const locate = (path: string) => {
    const file = join(own, path)
    return file.startsWith(`${own}/`) && existsSync(file) ? file : undefined
  }
  const faults: Faults = { missing: undefined, spoilt: undefined, bytes_per_second: undefined }
  const requests: string[] = []
  const server = await serveFiles({ address, locate, faults, requests })

  return {
    url: server.url,
    keys: await rpmKeys(),
    faults,
    requests,

    /** Publishes packages made up for one test. A repository that is added to loses its advisories. */
    async add(...wanted: RpmPackage[]) {
      await addRpms(own, wanted)
      for (const name of new Set(wanted.map(({ repository }) => repository)))
        await writeMetadata(join(own, name))
    },

    /** Publishes these advisories, the text of an updateinfo.xml, and no others. */
    advise: (repository: RpmRepository, text: string) =>
      writeAdvisories(join(own, repository), text),

    /** Publishes modules, the text of a modules.yaml. A repository that is added to loses them too. */
    modules: (repository: RpmRepository, text: string) => writeModules(join(own, repository), text),

    /** Signs the metadata of a repository as it is now, with the key that signs its packages. */
    sign: (repository: RpmRepository) => signMetadata(own, repository),

    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** Packages stay where they are, and what is written anew is copied. */
async function copyLinked(shared: string, own: string) {
  for (const name of rpmRepositories) {
    const packages = join(own, name, 'packages')
    await mkdir(packages, { recursive: true })
    await cp(join(shared, name, 'repodata'), join(own, name, 'repodata'), { recursive: true })
    const from = join(shared, name, 'packages')
    for (const file of await readdir(from)) await symlink(join(from, file), join(packages, file))
  }
}

type Served = { url: string; keys: RpmKeys }

const KEYS = { lab: 'RPM-GPG-KEY-lab', 'lab-extras': 'RPM-GPG-KEY-strangers' }

/** What makes these repositories the only ones that a host's dnf knows. */
export const dnfFiles = ({ url, keys }: Served): Record<string, string> => ({
  [`etc/pki/rpm-gpg/${KEYS.lab}`]: keys.lab.shown,
  [`etc/pki/rpm-gpg/${KEYS['lab-extras']}`]: keys.stranger.shown,
  // As a distribution protects what its hosts cannot do without.
  'etc/dnf/protected.d/lab-os.conf': 'lab-os\n',
  'etc/yum.repos.d/lab.repo': rpmRepositories.map((name) => section(name, url)).join('\n'),
})

const section = (name: keyof typeof KEYS, url: string) =>
  [
    `[${name}]`,
    `name=The repository ${name}`,
    `baseurl=${url}/${name}`,
    'enabled=1',
    'gpgcheck=1',
    `gpgkey=file:///etc/pki/rpm-gpg/${KEYS[name]}`,
    'proxy=_none_',
    '',
  ].join('\n')
