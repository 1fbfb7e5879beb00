import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'rolldown'

const CHECKOUT = join(import.meta.dirname, '..')
const INSTALLED = '/usr/lib/linux-patch-agent'

const wrapper = `#!/bin/sh\nexec ${INSTALLED}/node ${INSTALLED}/agent.mjs "$@"\n`

/** Makes the agent one file with all it imports, and gives the folder that its package installs. */
export async function buildAgent(): Promise<string> {
  const folder = join(CHECKOUT, 'dist/linux-patch-agent')
  await mkdir(folder, { recursive: true })
  await bundle(join(folder, 'agent.mjs'))
  await place(join(folder, 'linux-patch-agent'), wrapper)
  return folder
}

async function bundle(file: string) {
  const { output } = await build({
    input: join(CHECKOUT, 'packages/agent/src/main.ts'),
    platform: 'node',
    output: { format: 'esm', codeSplitting: false },
    write: false,
    logLevel: 'warn',
  })
  await place(file, output[0].code)
}

/** Two that build at once each finish a file of their own; the last one to be renamed stays. */
async function place(file: string, text: string) {
  const partial = `${file}.${randomUUID()}`
  try {
    await writeFile(partial, text, { mode: 0o755 })
    await rename(partial, file)
  } finally {
    await rm(partial, { force: true })
  }
}

if (import.meta.main) console.log(await buildAgent())
