import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../run.ts'

export type RpmRepository = 'lab' | 'lab-extras'
type Script = 'pre' | 'post' | 'preun' | 'postun'

export type RpmPackage = {
  name: string
  version: string
  release?: string
  repository: RpmRepository
  /** More lines of its spec file, such as what it requires. */
  fields?: string[]
  scripts?: Partial<Record<Script, string>>
  /** Text by path. */
  files?: Record<string, string>
  /** Which of the files are configuration, that an update leaves as somebody has changed it. */
  config?: string[]
  /** Filled with as many bytes that do not compress. */
  random_bytes?: number
  /** Filled with as many bytes that compress to next to nothing. */
  empty_bytes?: number
  /** Built for each of these instead of for all. */
  architectures?: string[]
  /** So many packages beside it, without files and not signed: `lab-many-part1` and on. */
  parts?: number
  /** Not signed at all. */
  unsigned?: boolean
}

export const nevraOf = ({ name, version, release = '1' }: RpmPackage, architecture: string) =>
  `${name}-${version}-${release}.${architecture}`

/** Builds a package for one architecture, or for all, and gives the path of its .rpm. */
export async function buildRpm(folder: string, wanted: RpmPackage, architecture = 'noarch') {
  const tree = await mkdtemp(join(tmpdir(), 'lab-rpm-'))
  try {
    const content = await writeContent(tree, wanted)
    const spec = join(tree, 'package.spec')
    await writeFile(spec, specOf(wanted, architecture, content))
    await mkdir(folder, { recursive: true })
    const define = Object.entries(definitions(tree, folder)).flatMap(([name, value]) => [
      '--define',
      `${name} ${value}`,
    ])
    const argv = ['rpmbuild', '-bb', '--quiet', '--nodeps', '--target', architecture]
    await run([...argv, ...define, spec], { env: { SOURCE_DATE_EPOCH: '1700000000' } })
    return join(folder, `${nevraOf(wanted, architecture)}.rpm`)
  } finally {
    await rm(tree, { recursive: true })
  }
}

const definitions = (tree: string, folder: string) => ({
  _topdir: tree,
  _dbpath: join(tree, 'db'),
  _rpmdir: folder,
  _rpmfilename: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
  _build_id_links: 'none',
  _binary_payload: 'w1.gzdio',
  __os_install_post: '%{nil}',
})

/** Writes what the package is to hold, and gives its paths. */
async function writeContent(tree: string, wanted: RpmPackage): Promise<string[]> {
  const { name, version, files = {}, random_bytes, empty_bytes } = wanted
  const content: Record<string, string | Buffer> = {
    // One file for each version, so that those that live side by side do not fight over it.
    [`/usr/share/doc/${name}-${version}/VERSION`]: `${name} ${version}\n`,
    ...files,
    ...(random_bytes && { [`/opt/${name}`]: randomBytes(random_bytes) }),
    ...(empty_bytes && { [`/opt/${name}`]: '' }),
  }
  for (const [path, text] of Object.entries(content)) {
    const file = join(tree, 'content', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    if (empty_bytes && path === `/opt/${name}`) await truncate(file, empty_bytes)
  }
  return Object.keys(content)
}

function specOf(wanted: RpmPackage, architecture: string, content: string[]): string {
  const { name, version, release = '1', fields = [], scripts = {}, config = [] } = wanted
  const listed = content.map((path) =>
    config.includes(path) ? `%config(noreplace) ${path}` : path,
  )
  return [
    `Name: ${name}`,
    `Version: ${version}`,
    `Release: ${release}`,
    `Summary: lab package ${name}`,
    'License: MIT',
    `URL: https://lab.example.invalid/${name}`,
    'Vendor: Patch Lab',
    'Packager: Patch Lab <lab@example.invalid>',
    ...(architecture === 'noarch' ? ['BuildArch: noarch'] : []),
    ...fields,
    '%description',
    'Built for tests.',
    '%install',
    'mkdir -p %{buildroot} && cp -a %{_topdir}/content/. %{buildroot}',
    ...Object.entries(scripts).flatMap(([script, text]) => [`%${script}`, text]),
    '%files',
    ...listed,
    ...partsOf(wanted),
    '',
  ].join('\n')
}

const partsOf = ({ name, parts = 0 }: RpmPackage): string[] =>
  Array.from({ length: parts }, (_, at) => `part${at + 1}`).flatMap((part) => [
    `%package ${part}`,
    `Summary: lab package ${name}-${part}`,
    `%description ${part}`,
    'Built for tests.',
    `%files ${part}`,
  ])
