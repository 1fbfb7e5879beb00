import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'rolldown'

const CHECKOUT = join(import.meta.dirname, '..')
const SOURCES = join(CHECKOUT, 'packages/agent/src')
/** What the agent has Python run, because dnf is a library of Python's. */
const PYTHON_PROGRAMS = ['dnf4', 'dnf5']
const INSTALLED = '/usr/lib/linux-patch-agent'

/**
 * An agent waits most of its life, so it is started to take little room rather than to be quick. Left to itself it
 * holds three times as much: blocks of malloc's that are freed but never given back, after all that was compiled at
 * the start; garbage of V8's, which it collects only while there is work; and room for much more of it.
 */
const wrapper = `#!/bin/sh
export MALLOC_MMAP_THRESHOLD_=16384
exec ${INSTALLED}/node --optimize-for-size --expose-gc ${INSTALLED}/agent.mjs "$@"
`

/**
 * Makes a few files of the agent and all it imports, and gives the folder that its package installs. What only some
 * commands need is in files of its own, because the text of a file that was loaded stays in memory.
 */
export async function bundle(folder = join(CHECKOUT, 'dist/linux-patch-agent')): Promise<string> {
  const files = new Map([
    ...(await filesOf(join(SOURCES, 'main.ts'))),
    ...(await Promise.all(PYTHON_PROGRAMS.map(programFiles))).flat(),
    ['linux-patch-agent', wrapper],
  ])
  for (const [name, text] of files) await place(folder, name, text)
  await removeOthers(folder, files)
  return folder
}

/** All that lies there is what a host gets. */
async function removeOthers(folder: string, files: Map<string, string>) {
  const ours = new Set([...files.keys()].flatMap((name) => [name, dirname(name)]))
  for (const name of await readdir(folder, { recursive: true }))
    if (!ours.has(name)) await rm(join(folder, name), { recursive: true, force: true })
}

async function programFiles(program: string): Promise<[name: string, text: string][]> {
  const folder = join(SOURCES, 'dnf', program)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.py'))
  const read = async (name: string) => readFile(join(folder, name), 'utf8')
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [join(program, name), await read(name)]),
  )
}

async function filesOf(input: string): Promise<[name: string, text: string][]> {
  const { output } = await build({
    input: { agent: input },
    platform: 'node',
    output: {
      format: 'esm',
      entryFileNames: '[name].mjs',
      // An agent whose files were replaced finds what it loads later as it was built with it, or not at all.
      chunkFileNames: '[name]-[hash].mjs',
      // V8 keeps a text in half the room where all of it is ASCII; the names stay, for whoever reads a stack.
      charset: 'ascii',
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    },
    write: false,
    logLevel: 'warn',
  })
  return output.filter((one) => one.type === 'chunk').map(({ fileName, code }) => [fileName, code])
}

/** Two that build at once each finish a file of their own beside the folder; the last one to be renamed stays. */
async function place(folder: string, name: string, text: string) {
  const partial = `${folder}.${randomUUID()}`
  try {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(partial, text, { mode: 0o755 })
    await rename(partial, join(folder, name))
  } finally {
    await rm(partial, { force: true })
  }
}

if (import.meta.main) console.log(await bundle())
