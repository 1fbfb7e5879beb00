import { join } from 'node:path'
import { places } from '@linux-patch/agent/config-places'
import { firstContact } from '@linux-patch/agent/pki/first-contact'
import { certificateRequest } from '@linux-patch/agent/pki/x509'
import { enrollmentState, keyFingerprint } from '@linux-patch/agent/services/enrollment-state'
import { checkBundle, install } from '@linux-patch/agent/services/installation'
import { poll } from '@linux-patch/agent/services/polling'
import { client, type Transport } from '@linux-patch/shared/client'
import { managerApi } from '@linux-patch/shared/manager-api'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { Agent, request } from 'undici'
import type { Manager } from '../stories/manager.ts'
import { simulatedAgent } from './simulated-agent.ts'

const PORT = 12443
/** As `linux-patch-agent enroll` asks where nobody says otherwise. */
const interval_seconds = 5
const os_details = {
  name: 'Debian GNU/Linux',
  version: '12',
  codename: 'bookworm',
  id_like: 'debian',
  kernel: '6.1.0-40-amd64',
  architecture: 'x86_64',
}

/** When something happened to a host, by the clock of this process, in milliseconds. */
export type Milestones = { began: number; enrolled: number; called: number }
export type SimulatedHost = Awaited<ReturnType<typeof simulateHost>>

/** One of many hosts in this process, with a key, files and an address of the loopback that are its own. */
export async function simulateHost(folder: string, number: number) {
  const name = `host-${number}.example`
  const address = `127.0.100.${number}`
  const where = places(join(folder, name))
  const state = enrollmentState(where.enrollment)
  const key = await state.key()
  const called = Promise.withResolvers<number>()
  await using opened = new AsyncDisposableStack()

  async function enrol({ url, ca_fingerprint }: Manager) {
    const manager = new URL(url)
    const { root } = await firstContact(manager, ca_fingerprint)
    await using way = wayFrom(address, { url, root })
    const { polling_token: token } = await way.api.enroll({
      machine_id: number.toString(16).padStart(32, '0'),
      fqdn: name,
      ip_address: address,
      agent_port: PORT,
      os_details,
      csr_pem: await certificateRequest(key, name),
    })
    const decided = async () => {
      const answer = await way.api.getEnrollmentStatus({ token })
      return answer.status === 'approved' ? answer : undefined
    }
    const signal = new AbortController().signal
    const bundle = await poll(decided, { interval_seconds, signal, say: console.error })
    const received = { bundle, key, ca_fingerprint, manager }
    checkBundle(received, new Date())
    await install(received, where)
    await state.finish()
  }

  const all = opened.move()
  return {
    key_fingerprint: keyFingerprint(key),

    /** From the first contact with the manager until that has called for the first time. */
    async join(manager: Manager): Promise<Milestones> {
      const began = performance.now()
      await enrol(manager)
      const enrolled = performance.now()
      const onHealth = () => called.resolve(performance.now())
      all.adopt(await simulatedAgent({ places: where, address, onHealth }), (one) => one.close())
      return { began, enrolled, called: await called.promise }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** The manager's API, asked from this address: hosts have one each, and the manager counts by it. */
function wayFrom(localAddress: string, { url, root }: { url: string; root: string }) {
  const dispatcher = new Agent({ connect: { ca: root }, localAddress })
  const send: Transport = async ({ method, path, headers, body }) => {
    const asked = { method: method as 'GET' | 'POST', headers, body, dispatcher }
    const answer = await request(url + path, asked)
    return { status: answer.statusCode, body: await answer.body.text() }
  }
  return {
    api: client(managerApi, send, unwrapBare),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  }
}
