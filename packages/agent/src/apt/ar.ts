import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'

/**
 * Writes the archive that a .deb is: `!<arch>`, and before each of its files a line of sixty bytes.
 *
 *     control.tar.gz  1763801040  0     0     100644  1234      `
 *     name (16)       time (12)   uid 6 gid 6 mode 8  size (10)
 */
export async function writeArchive(path: string, files: string[]): Promise<void> {
  const draft = `${path}.part`
  try {
    await pipeline(contents(files), createWriteStream(draft, { mode: 0o600 }))
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function* contents(files: string[]) {
  yield Buffer.from('!<arch>\n')
  for (const file of files) {
    const { size, mtime } = await stat(file)
    yield Buffer.from(header(basename(file), size, mtime))
    yield* createReadStream(file)
    // Each file begins at an even place.
    if (size % 2 === 1) yield Buffer.from('\n')
  }
}

export function header(name: string, size: number, time: Date): string {
  const seconds = Math.floor(time.getTime() / 1000)
  const fields = [name.padEnd(16), `${seconds}`.padEnd(12), '0'.padEnd(6), '0'.padEnd(6)]
  return `${fields.join('')}${'100644'.padEnd(8)}${`${size}`.padEnd(10)}\`\n`
}
