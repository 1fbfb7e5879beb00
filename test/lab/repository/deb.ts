import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../run.ts'

export const suites = ['release', 'updates', 'security'] as const
export type Suite = (typeof suites)[number]
type Script = 'preinst' | 'postinst' | 'prerm' | 'postrm'

export type LabPackage = {
  name: string
  version: string
  suite: Suite
  /** More lines of its control file. */
  fields?: Record<string, string>
  /** Fields that only the repository's index has. */
  index_fields?: Record<string, string>
  scripts?: Partial<Record<Script, string>>
  /** Text by path, without the leading slash. */
  files?: Record<string, string>
  conffiles?: string[]
  /** Filled with as many bytes that do not compress. */
  random_bytes?: number
  /** Built for each architecture instead of for all. */
  per_architecture?: boolean
}

/** Builds a package and gives the path of its .deb. */
export async function buildDeb(folder: string, wanted: LabPackage, architecture = 'all') {
  const { name, version } = wanted
  const tree = await mkdtemp(join(tmpdir(), 'lab-deb-'))
  try {
    await writeTree(tree, wanted, architecture)
    const file = join(folder, `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`)
    await mkdir(folder, { recursive: true })
    const argv = ['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', tree, file]
    await run(argv, { env: { SOURCE_DATE_EPOCH: '1700000000' } })
    return file
  } finally {
    await rm(tree, { recursive: true })
  }
}

async function writeTree(tree: string, wanted: LabPackage, architecture: string) {
  const { name, version, scripts = {}, files = {}, conffiles = [], random_bytes } = wanted
  await mkdir(join(tree, 'DEBIAN'), { mode: 0o755 })
  const put = async (path: string, content: string | Buffer, mode = 0o644) => {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), content, { mode })
  }

  await put('DEBIAN/control', control(wanted, architecture))
  await put(`usr/share/doc/${name}/VERSION`, `${name} ${version}\n`)
  for (const [script, text] of Object.entries(scripts)) await put(`DEBIAN/${script}`, text, 0o755)
  for (const [path, text] of Object.entries(files)) await put(path, text)
  if (conffiles.length > 0) await put('DEBIAN/conffiles', conffiles.join('\n') + '\n')
  if (random_bytes) await put(`opt/${name}`, randomBytes(random_bytes))
}

const control = ({ name, version, fields, random_bytes }: LabPackage, architecture: string) =>
  paragraph({
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: 'Patch Lab <lab@example.invalid>',
    Section: 'admin',
    Priority: 'optional',
    'Installed-Size': String(Math.ceil((random_bytes ?? 0) / 1024) + 8),
    ...fields,
    Homepage: `https://lab.example.invalid/${name}`,
    Description: `lab package ${name}\n Built for tests.`,
  })

export const paragraph = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
