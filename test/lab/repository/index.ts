import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from '../run.ts'
import { paragraph, type Suite } from './deb.ts'
import { suiteName, type Release } from './releases.ts'
import { sign } from './signature.ts'

/** A package as the index lists it. */
export type Entry = { architecture: string; text: string }

/** Reads what a .deb says of itself, and adds where it is and how to tell that it arrived whole. */
export async function entryOf(file: string, served_as: string, more: Record<string, string> = {}) {
  const control = await run(['dpkg-deb', '--field', file])
  const { size } = await stat(file)
  const found = { Filename: served_as, Size: String(size), SHA256: sha256(await readFile(file)) }
  const architecture = /^Architecture: (.+)$/m.exec(control)?.[1] ?? 'all'
  return { architecture, text: `${control}\n${paragraph({ ...found, ...more })}` } satisfies Entry
}

/** Where the indexes of a release are written, and what signs them. */
export type Archive = { folder: string; release: Release; key: string }

/** This machine's architecture, and a foreign one for the packages that are built for two. */
export async function architectures(): Promise<string[]> {
  const native = (await run(['dpkg', '--print-architecture'])).trim()
  return [native, native === 'i386' ? 'amd64' : 'i386']
}

/** Writes and signs the index of one suite, as apt wants to find it below `dists`. */
export async function writeIndex(archive: Archive, suite: Suite, entries: Entry[]) {
  const { folder, release, key } = archive
  const place = join(folder, 'dists', suiteName(release, suite))
  await rm(place, { recursive: true, force: true })

  const sums: string[] = []
  for (const architecture of await architectures()) {
    const fits = entries.filter((entry) => ['all', architecture].includes(entry.architecture))
    const text = fits.map((entry) => `${entry.text}\n`).join('')
    const name = `main/binary-${architecture}/Packages`
    await mkdir(join(place, name, '..'), { recursive: true })
    for (const [path, content] of [
      [name, Buffer.from(text)],
      [`${name}.gz`, gzipSync(text)],
    ] as const) {
      await writeFile(join(place, path), content)
      sums.push(` ${sha256(content)} ${content.length} ${path}`)
    }
  }
  await writeFile(join(place, 'Release'), await releaseFile(release.fields(suite), sums))
  await sign(join(place, 'Release'), join(place, 'InRelease'), key)
}

const releaseFile = async (fields: Record<string, string>, sums: string[]) =>
  paragraph({
    ...fields,
    Date: new Date().toUTCString(),
    Architectures: (await architectures()).join(' '),
    Components: 'main',
    Description: 'packages that misbehave on purpose',
    SHA256: `\n${sums.join('\n')}`,
  })

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')
