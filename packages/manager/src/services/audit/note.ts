import { z } from 'zod'
import type { ChainNote } from '../../db/audit/chain.ts'
import { readIfThere, replaceFile } from '../../files/whole-file.ts'

const Note = z.object({
  seq: z.number().int().min(0),
  hash: z.string(),
  at: z.iso.datetime(),
  signature: z.string(),
})
/** What a file that cannot be read stands for: nobody signed it. */
const unreadable: ChainNote = { seq: 0, hash: '', at: new Date(0).toISOString(), signature: '' }

/** Where the chain ended, as it was last written outside the database, or nothing where it never was. */
export async function readNote(path: string): Promise<ChainNote | undefined> {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  try {
    return Note.parse(JSON.parse(text))
  } catch {
    return unreadable // To whoever verifies it is as good as forged.
  }
}

export const writeNote = (path: string, note: ChainNote): Promise<void> =>
  replaceFile(path, `${JSON.stringify(note)}\n`)
