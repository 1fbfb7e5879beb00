import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for a test, gone when the test's process ends. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'linux-patch-agent-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
process.setMaxListeners(0)
