import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Writes a file as a whole: whoever reads it, and whatever is cut short, finds the old one or the new one. */
export const writeAtomic = (file: string, text: string, mode = 0o600) =>
  writeTogether([{ file, text, mode }])

type Wanted = { file: string; text: string; mode: number }

/** The same for several that belong together: none is put in its place before there was room for all of them. */
export async function writeTogether(wanted: Wanted[]) {
  const drafts = wanted.map(({ file }) => join(dirname(file), `.${basename(file)}.${randomUUID()}`))
  try {
    for (const [at, { text, mode }] of wanted.entries())
      await writeThrough(drafts[at] ?? '', text, mode)
    for (const [at, { file }] of wanted.entries()) await rename(drafts[at] ?? '', file)
  } catch (error) {
    for (const draft of drafts) await rm(draft, { force: true })
    throw error
  }
  for (const folder of new Set(wanted.map(({ file }) => dirname(file)))) await syncFolder(folder)
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
