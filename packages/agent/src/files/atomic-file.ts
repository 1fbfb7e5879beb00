import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Writes a file as a whole: whoever reads it, and whatever is cut short, finds the old one or the new one. */
export async function writeAtomic(file: string, text: string, mode = 0o600) {
  const folder = dirname(file)
  const draft = join(folder, `.${basename(file)}.${randomUUID()}`)
  try {
    await writeThrough(draft, text, mode)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(folder)
}

async function writeThrough(file: string, text: string, mode: number) {
  await using handle = await open(file, 'wx', mode)
  // Again, because the mode that `open` was given is narrowed by the umask.
  await handle.chmod(mode)
  await handle.writeFile(text)
  await handle.sync()
}

/** The new name is kept across a power cut only once the folder is on the disk. */
async function syncFolder(folder: string) {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
