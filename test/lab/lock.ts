import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * A lock is a name among the kernel's abstract sockets. It goes with the process that holds it,
 * however that ends, so a lock that can be had is proof that its owner is dead.
 */
export async function tryLock(name: string): Promise<AsyncDisposable | undefined> {
  const server = createServer().unref()
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  server.once('listening', () => resolve(true))
  server.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
  )
  server.listen(`\0linux-patch-lab/${name}`)
  return (await promise) ? server : undefined
}

export async function lock(name: string): Promise<AsyncDisposable> {
  for (;;) {
    const held = await tryLock(name)
    if (held) return held
    await wait(200)
  }
}
