import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { authority, createRoot } from '../pki/authority.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import { enrolledServer } from './enrolled-server.ts'
import { listen } from './server.ts'

const names = {
  id: '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4',
  dns_names: [],
  ip_addresses: ['127.0.0.1'],
}

test('whoever leaves while it is judged is forgotten', async () => {
  const now = () => new Date()
  const ca = await authority({ ...(await createRoot(now())), now })
  const { key_pem: key, publicKey } = newKeyPair()
  const cert = (await ca.issue('agent', names, publicKey)).cert_pem
  const judgement = Promise.withResolvers<boolean>()
  let judged = 0
  const { server, recheck, close } = enrolledServer({
    shown: { key, cert, roots: [ca.root_pem] },
    welcomes() {
      judged++
      return judgement.promise
    },
    onError: assert.ifError,
  })
  const port = await listen(server, { address: '127.0.0.1', port: 0 })
  const accepted = once(server, 'secureConnection')
  const client = connect({ port, host: '127.0.0.1', ca: ca.root_pem, cert, key })
  const [socket] = await accepted
  client.destroy()
  if (!socket.destroyed) await once(socket, 'close')
  judgement.resolve(true)
  await judgement.promise
  await recheck()
  close()
  assert.equal(judged, 1)
})
