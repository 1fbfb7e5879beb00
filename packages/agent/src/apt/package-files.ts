import { lstat, readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { orNone, type Exceptions } from './exceptions.ts'
import type { Installed } from './installed.ts'
import { plainName } from './relations.ts'

/** What dpkg keeps of one installed package: its scripts and lists, each by its kind. */
export type InfoFiles = Map<string, string>

type InfoFolder = { folder: string; files: string[] }

/** Of all packages at once, for whoever looks at many of them. */
export async function readInfoFolder(root: string): Promise<InfoFolder> {
  const folder = join(root, 'var/lib/dpkg/info')
  return { folder, files: await readdir(folder) }
}

export const findInfoFiles = async (one: Installed, root: string): Promise<InfoFiles> =>
  infoFilesOf(one, await readInfoFolder(root))

/**
 * Finds `tzdata.postinst` or, where several architectures can be installed at once, `libc6:amd64.postinst`. A name
 * may have a dot in it: `python3.11.list` is nothing of python3.
 */
export function infoFilesOf(
  { name, architecture }: Installed,
  { folder, files }: InfoFolder,
): InfoFiles {
  const starts = [`${plainName(name)}:${architecture}.`, `${plainName(name)}.`]
  const found: InfoFiles = new Map()
  for (const file of files) {
    const start = starts.find((text) => file.startsWith(text))
    const kind = file.slice(start?.length)
    if (start && /^[a-z0-9]+$/.test(kind)) found.set(kind, join(folder, file))
  }
  return found
}

export async function readList(info: InfoFiles): Promise<string[]> {
  const path = info.get('list')
  const lines = path ? (await readFile(path, 'utf8')).split('\n') : []
  return lines.filter((line) => line.startsWith('/') && line !== '/.')
}

/**
 * Reads which files dpkg would miss: those it has a checksum of. Folders and links it would not, nor do we.
 *
 *     1f3b0d5f3d3e8a52d5a3a8b6fd0f44b2  usr/share/zoneinfo/Europe/Vienna
 */
async function readNeeded(info: InfoFiles): Promise<(path: string) => boolean> {
  const path = info.get('md5sums')
  if (!path) return () => true
  const lines = (await readFile(path, 'utf8')).split('\n')
  const needed = new Set(lines.map((line) => `/${line.slice(34)}`))
  return (file) => needed.has(file)
}

export type Contents = {
  /** What to take from the disk, in the package's own order. */
  files: string[]
  /** Folders of the package that are links on the disk, as /lib is where it is merged with /usr. */
  linked: string[]
  /** Where a file lies on the disk, for those that another package has put aside. */
  moved: Map<string, string>
  missing: string[]
}

/** Looks for each file of a package on the disk, but for those to leave out. */
export async function findContents(
  { name, info, left }: { name: string; info: InfoFiles; left: string[] },
  { root, diversions, isExcluded }: Exceptions & { root: string },
): Promise<Contents> {
  const listed = (await readList(info)).filter((path) => !left.includes(path))
  const isNeeded = await readNeeded(info)
  const parents = new Set(listed.map((path) => dirname(path)))
  const found: Contents = { files: [], linked: [], moved: new Map(), missing: [] }
  for (const path of listed) {
    const diversion = diversions.get(path)
    const aside = diversion && diversion.by !== plainName(name) ? diversion.to : path
    // Packages that help with the merge of /usr divert what was never there.
    const source = (await kindOf(join(root, aside))) === 'none' ? path : aside
    const kind = await kindOf(join(root, source))
    if (kind === 'none') {
      if (isNeeded(path) && !isExcluded(path)) found.missing.push(path)
    } else if (kind === 'link' && parents.has(path)) {
      found.linked.push(path)
    } else {
      found.files.push(path)
      if (source !== path) found.moved.set(path, source)
    }
  }
  return found
}

async function kindOf(path: string): Promise<'none' | 'link' | 'other'> {
  const found = await orNone(lstat(path))
  if (!found) return 'none'
  return found.isSymbolicLink() ? 'link' : 'other'
}

export const isScript = (path: string) =>
  /^(preinst|postinst|prerm|postrm|config)$/.test(basename(path))
