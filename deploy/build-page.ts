import { globSync, statSync } from 'node:fs'
import { rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { lock } from '../test/lab/lock.ts'
import { run } from '../test/lab/run.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const MANAGER = join(CHECKOUT, 'packages/manager')

/** What the page is made of: a change to any of these makes the built one old. */
const SOURCES = [
  'packages/manager/web/**/*.*',
  'packages/manager/package.json',
  'packages/shared/src/**/*.ts',
  'pnpm-lock.yaml',
]

/** Builds the page unless the built one is newer than all it is made of, and gives its folder. */
export async function buildPage(): Promise<string> {
  const folder = join(MANAGER, 'dist/web')
  // Whoever comes second waits, and finds it built.
  const alone = await lock('build-page')
  try {
    if (isOld(folder)) await build(folder)
  } finally {
    await alone[Symbol.asyncDispose]()
  }
  return folder
}

async function build(folder: string) {
  const [partial, started] = [`${folder}.partial`, new Date()]
  const vite = [process.execPath, join(MANAGER, 'node_modules/vite/bin/vite.js'), 'build']
  await run([...vite, join(MANAGER, 'web'), '--outDir', partial, '--logLevel', 'warn'])
  // What changed during the build is not in it, so its age counts from the start.
  await utimes(join(partial, 'index.html'), started, started)
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}

function isOld(folder: string): boolean {
  const built = statSync(join(folder, 'index.html'), { throwIfNoEntry: false })
  const files = SOURCES.flatMap((source) => globSync(source, { cwd: CHECKOUT }))
  return !built || files.some((file) => statSync(join(CHECKOUT, file)).mtimeMs > built.mtimeMs)
}

if (import.meta.main) console.log(await buildPage())
