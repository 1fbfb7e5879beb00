import { createServer } from 'node:net'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { attempt } from '../../test/lab/run.ts'

type Options = {
  address: string
  port: number
  /** In the command line of a manager whose demo was killed, and which ends by itself now. */
  ours: string
}

/** Who holds a port that has to be free; undefined when it is. */
export async function holderOf({ address, port, ours }: Options): Promise<string | undefined> {
  const deadline = Date.now() + 5000
  for (;;) {
    if (await isFree(address, port)) return undefined
    const holder = await listenerAt(port)
    const isOurs = holder.includes(ours)
    if (isOurs && Date.now() > deadline) return `a demo that still runs, ${holder}`
    if (!isOurs) return holder
    await wait(100)
  }
}

async function isFree(address: string, port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('listening', () => server.close(() => resolve(true)))
  server.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
  )
  server.listen(port, address)
  return promise
}

/** `LISTEN 0 511 *:8443 *:* users:(("node",pid=29293,fd=19))`; root alone sees the users of others. */
async function listenerAt(port: number): Promise<string> {
  const { stdout } = await attempt(['ss', '-Hltnp', `sport = :${port}`]).catch(() => ({
    stdout: '',
  }))
  const pid = /pid=(\d+)/.exec(stdout)?.[1]
  return pid ? `process ${pid}, ${commandOf(pid)}` : 'a program of somebody else'
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return 'which just ended'
  }
}
