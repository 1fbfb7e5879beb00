import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { authority, createRoot } from '../pki/authority.ts'
import { newKeyPair } from '../pki/key-pair.ts'

export const USERNAME = 'patches'
export const PASSWORD = 'm4il-p4ssword'

const now = () => new Date()

/** A key and a certificate of an authority that this process trusts from here on. */
export async function trustedPair(name: string) {
  const root = await createRoot(now())
  setDefaultCACertificates([...getCACertificates('default'), root.cert_pem])
  const { key_pem, publicKey } = newKeyPair()
  const { issue } = await authority({ ...root, now })
  const names = { identity: 'urn:of:a:test', dns_names: [name], ip_addresses: [] }
  return { key: key_pem, cert: (await issue('web', names, publicKey)).cert_pem }
}

/** For tests only: a real mail server on the loopback, with what it was told and given. */
export async function mailServer(options: SMTPServerOptions = {}) {
  const messages: { from: string | false; to: string[]; text: string }[] = []
  const signIns: { username: string | undefined; secure: boolean }[] = []
  const server = new SMTPServer({
    hideSTARTTLS: false,
    onAuth({ username, password }, { secure }, callback) {
      signIns.push({ username, secure })
      const is = username === USERNAME && password === PASSWORD
      callback(is ? null : new Error('That is not the password.'), { user: username })
    },
    onData(stream, { envelope: { mailFrom, rcptTo } }, callback) {
      const lines: Buffer[] = []
      const to = rcptTo.map(({ address }) => address)
      stream.on('data', (chunk: Buffer) => lines.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(lines).toString()
        messages.push({ from: mailFrom && mailFrom.address, to, text })
        callback(null, 'taken as number 7')
      })
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    messages,
    signIns,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** For tests only: whatever it is, it is no mail server. */
export async function stranger(meet: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    meet(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
