import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Puts a text in a file's place: whoever reads it, also after the power failed, finds the old one or the new one whole. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeThrough(unfinished, text)
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}

async function writeThrough(path: string, text: string) {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
