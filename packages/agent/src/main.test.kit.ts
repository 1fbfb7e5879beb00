import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { places } from './config-places.ts'
import { newFolder } from './files/folder.test.kit.ts'
import { DAY_MS, host, testAuthority } from './pki/authority.test.kit.ts'

const MAIN = new URL('main.ts', import.meta.url).pathname

/** A host's folders, and the agent's commands as real processes in them. */
export function world() {
  const root = newFolder()
  const where = places(root)
  mkdirSync(where.certificates, { recursive: true })
  const children: ReturnType<typeof start>[] = []

  function start(args: string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [MAIN, '--root', root, ...args], {
      env: { ...process.env, ...env },
    })
    const said = { out: '', error: '' }
    child.stdout.on('data', (data) => (said.out += data))
    child.stderr.on('data', (data) => (said.error += data))
    const ended = once(child, 'close').then(([code]) => code as number | null)
    return { child, said, ended }
  }
  return {
    where,
    run(...args: string[]) {
      const started = start(args)
      children.push(started)
      return started
    },
    runWith(env: Record<string, string>, ...args: string[]) {
      const started = start(args, env)
      children.push(started)
      return started
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of children) child.kill('SIGKILL')
      await Promise.all(children.map(({ ended }) => ended))
    },
  }
}

/** Makes a host of it that is enrolled and lets this machine call, and gives the authority it trusts. */
export async function enrolled({ where }: Pick<ReturnType<typeof world>, 'where'>) {
  const authority = await testAuthority()
  const { ca, cert, key } = await authority.issue(host)
  writeFileSync(where.whitelist, 'entries: [127.0.0.1]\n')
  writeFileSync(where.authority, ca)
  writeFileSync(where.key, key)
  writeFileSync(where.certificate, cert)
  writeFileSync(where.revocations, authority.revocations(new Date(Date.now() + DAY_MS)))
  return authority
}

export async function until(isSo: () => boolean | Promise<boolean>) {
  for (let left = 200; !(await isSo()); left -= 1) {
    assert.ok(left > 0, 'it did not happen within ten seconds')
    await wait(50)
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export const isOpen = (port: number) =>
  new Promise<boolean>((answer) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => answer(true)).on('error', () => answer(false))
    socket.on('connect', () => socket.destroy())
  })
