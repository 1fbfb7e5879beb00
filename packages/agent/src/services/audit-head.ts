import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Link } from './audit-chain.ts'

const HEAD = /^(\d{16}) ([0-9a-f]{64})\n$/

/**
 * Which record was the last that is known to be on the disk, in a file beside the log: without it, nobody could see
 * that lines were cut off its end. Null where there is none, undefined where it cannot be read.
 */
export function readHead(file: string): Link | null | undefined {
  const text = readText(file)
  if (text === null) return null
  const [, seq, hash] = HEAD.exec(text) ?? []
  return seq !== undefined && hash !== undefined ? { seq: Number(seq), hash } : undefined
}

/** In its place and of one length, so that a power cut leaves the old one or the new one. */
export function writeHead(file: string, { seq, hash }: Link) {
  const handle = openToWrite(file)
  try {
    writeSync(handle, `${String(seq).padStart(16, '0')} ${hash}\n`, 0)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function openToWrite(file: string) {
  try {
    return openSync(file, 'r+')
  } catch (error) {
    if (!isMissing(error)) throw error
    return openSync(file, 'wx', 0o600)
  }
}

function readText(file: string) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'
