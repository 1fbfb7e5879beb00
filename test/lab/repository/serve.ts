import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** What is wrong with the mirror at the moment. A test sets these; downloads under way obey too. */
export type Faults = {
  /** Files that are not found. */
  missing: RegExp | undefined
  /** Files that come with other bytes than the index names. */
  spoilt: RegExp | undefined
  bytes_per_second: number | undefined
}

type Served = {
  address: string
  /** The file behind a path, if there is one. */
  locate: (path: string) => string | undefined
  faults: Faults
  /** Every path that was asked for. */
  requests: string[]
}

/** Serves files over HTTP as a mirror does, parts of them too: apt takes up a broken download again. */
export async function serveFiles(served: Served): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => void reply(served, request, response))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(0, served.address, resolve)
  await promise

  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await server[Symbol.asyncDispose]()
  }
  return { url: `http://${served.address}:${port}`, [Symbol.asyncDispose]: close }
}

async function reply(served: Served, request: IncomingMessage, response: ServerResponse) {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://mirror').pathname).slice(1)
  served.requests.push(path)
  const file = served.faults.missing?.test(path) ? undefined : served.locate(path)
  if (!file) return void response.writeHead(404).end()

  const { size, mtime } = statSync(file)
  const asked = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const start = Math.min(asked, size)
  response.writeHead(start ? 206 : 200, {
    'Content-Length': size - start,
    'Last-Modified': mtime.toUTCString(),
    ...(start && { 'Content-Range': `bytes ${start}-${size - 1}/${size}` }),
  })
  if (request.method === 'HEAD') return void response.end()
  // A host that hangs up, or is switched off, is no fault of the mirror's.
  const { faults } = served
  const isSpoilt = faults.spoilt?.test(path) ?? false
  await pipeline(chunks(file, { start, isSpoilt, faults }), response).catch(() => undefined)
}

type Sending = { start: number; isSpoilt: boolean; faults: Faults }

/** The file at the speed that the fault says now, in ten pieces a second or more. */
async function* chunks(file: string, { start, isSpoilt, faults }: Sending) {
  // By when the pieces so far should have taken: a timer that is late is made up for by the next.
  let due = performance.now()
  for await (const chunk of createReadStream(file, { start, highWaterMark: 64 * 1024 })) {
    const bytes = isSpoilt ? (chunk as Buffer).fill(0) : (chunk as Buffer)
    for (let sent = 0; sent < bytes.length;) {
      const speed = faults.bytes_per_second
      const piece = speed ? Math.max(1, Math.floor(speed / 10)) : bytes.length
      const part = bytes.subarray(sent, sent + piece)
      yield part
      sent += part.length
      due = speed ? due + (1000 * part.length) / speed : performance.now()
      const early = due - performance.now()
      if (early > 0) await wait(early)
    }
  }
}
