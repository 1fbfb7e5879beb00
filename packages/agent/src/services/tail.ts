import { open, type FileHandle } from 'node:fs/promises'

/**
 * More than this at a time, and only its beginning and its end are read: a script that prints without end must
 * neither fill our memory nor keep us from everything else.
 */
const MOST = 256 * 1024
const MOST_LINES = 2000
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
  if (size - known <= MOST) return readPart(file, { start: known, size: size - known, last })

  const head = await readPart(file, { start: known, size: MOST / 2, last: true })
  const tail = await readPart(file, { start: size - MOST / 2, size: MOST / 2, last })
  const gap = `(${size - known - MOST} bytes of output were left out)`
  return { lines: [...head.lines, gap, ...tail.lines], offset: tail.offset }
}

type Part = { start: number; size: number; last: boolean }

async function readPart(file: FileHandle, { start, size, last }: Part): Promise<Tail> {
  const bytes = Buffer.alloc(size)
  const { bytesRead } = await file.read(bytes, 0, size, start)
  const whole = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1
  const end = last || bytesRead - whole > LONGEST_LINE ? bytesRead : whole
  const text = bytes.toString('utf8', 0, end)
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return { lines: withoutMiddle(lines), offset: start + end }
}

function withoutMiddle(lines: string[]): string[] {
  if (lines.length <= MOST_LINES) return lines
  const gap = `(${lines.length - MOST_LINES} lines of output were left out)`
  return [...lines.slice(0, MOST_LINES / 2), gap, ...lines.slice(-MOST_LINES / 2)]
}
