import { open, type FileHandle } from 'node:fs/promises'

/** More than this at a time, and only its end is read: a script that prints without end must not fill our memory. */
const MOST = 4 * 1024 * 1024
const KEPT = 512 * 1024
const LONGEST_LINE = 64 * 1024

type Tail = { lines: string[]; offset: number }

/**
 * The whole lines that a file has got since `offset`, and the offset for the next time. A line still being
 * written stays for then, unless this is the `last` time.
 */
export async function readLines(path: string, offset: number, last: boolean): Promise<Tail> {
  const file = await open(path).catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return { lines: [], offset }
  try {
    return await readFrom(file, offset, last)
  } finally {
    await file.close()
  }
}

async function readFrom(file: FileHandle, offset: number, last: boolean): Promise<Tail> {
  const { size } = await file.stat()
  // A file that became shorter is another one.
  const known = size < offset ? 0 : offset
  const skipped = size - known > MOST ? size - known - KEPT : 0
  const start = known + skipped
  const bytes = Buffer.alloc(size - start)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start)

  const whole = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1
  const end = last || bytesRead - whole > LONGEST_LINE ? bytesRead : whole
  const text = bytes.toString('utf8', 0, end)
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  const gap = skipped > 0 ? [`(${skipped} bytes of output were left out)`] : []
  return { lines: [...gap, ...lines], offset: start + end }
}
