import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newFolder } from '../files/folder.test.kit.ts'

/** A folder with the files of a host in it, by their paths. */
export function hostWith(files: Record<string, string | Uint8Array>) {
  const root = newFolder()
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const [path, content] of Object.entries(files)) write(path, content)
  return { root, write }
}
