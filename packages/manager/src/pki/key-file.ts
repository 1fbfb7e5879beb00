import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** `secrets_exist`: something is sealed already, so a new key would open nothing. */
export type KeyFile = { path: string; secrets_exist: boolean }

const KEY_BYTES = 32

/** The master key: from its file, which the first start makes. */
export async function readMasterKey({ path, secrets_exist }: KeyFile): Promise<Buffer> {
  if (!(await exists(path))) {
    if (secrets_exist)
      throw new Error(
        `The master key ${path} is missing, and the database holds secrets that only it opens. Restore it from the backup.`,
      )
    await create(path)
  }
  return readKey(path)
}

/** Where the key lies that takes the place of the master key, until what is sealed is sealed under it. */
const nextOf = (path: string) => `${path}.next`

/** Makes the next key, or finds the one that an earlier try has made. */
export async function makeNextKey(path: string): Promise<Buffer> {
  if (!(await exists(nextOf(path)))) await create(nextOf(path))
  return readKey(nextOf(path))
}

export async function readNextKey(path: string): Promise<Buffer | undefined> {
  return (await exists(nextOf(path))) ? readKey(nextOf(path)) : undefined
}

/** The next key is the master key from now on, and the one before it is gone. Another process may be first. */
export async function takeNextKey(path: string) {
  try {
    await rename(nextOf(path), path)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
  await syncFolder(path)
}

async function readKey(path: string): Promise<Buffer> {
  await refuseReadable(path)
  return parse(path, await readFile(path, 'utf8'))
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}

/** Complete or not there at all, also when the power fails; of two that start at once, both use the first one's. */
async function create(path: string) {
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeThrough(unfinished, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
    await link(unfinished, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(unfinished, { force: true })
  }
  await syncFolder(path)
}

async function syncFolder(path: string) {
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}

async function writeThrough(path: string, text: string) {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

async function refuseReadable(path: string) {
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  throw new Error(
    `The master key ${path} may be read by others than its owner (mode ${(mode & 0o777).toString(8)}). If nobody did, chmod 600 it.`,
  )
}

function parse(path: string, text: string): Buffer {
  const trimmed = text.trim()
  const key = Buffer.from(trimmed, 'base64')
  if (key.length === KEY_BYTES && key.toString('base64') === trimmed) return key
  throw new Error(`The master key ${path} does not hold ${KEY_BYTES} bytes in base64.`)
}

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code
