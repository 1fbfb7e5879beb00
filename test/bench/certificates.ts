import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { authority, createRoot } from '@linux-patch/manager/pki/authority'
import { readRequest } from '@linux-patch/manager/pki/request'
import { interleave, median, time } from './measure.ts'
import { watchStalls } from './stalls.ts'
import type { Report } from './table.ts'

const ROUNDS = 5
const ISSUED = 100
const REVOKED = 10_000
const id = '01a202e1-f7a2-7ec1-80d3-6b6d4841fbd4'
const names = { dns_names: ['web-1.example'], ip_addresses: ['192.0.2.1'] }
const revoked = Array.from({ length: REVOKED }, (_, number) => ({
  serial: `4${number.toString(16).padStart(39, '0')}`,
  revoked_at: '2026-01-01T12:00:00.000Z',
  reason: 'keyCompromise' as const,
}))

/** How soon certificates and a long list of revoked ones are made, beside openssl with the same root. */
export async function certificates(): Promise<Report> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-bench-'))
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder.path, encoding: 'utf8', stdio: 'pipe' })
  const root = await createRoot(new Date())
  const ca = await authority({ ...root, now: () => new Date() })
  const csr = prepare(folder.path, openssl, root)
  const stalls: number[] = []
  const number = 1
  const list = () => {
    const this_update = new Date()
    return ca.signList({ this_update, next_update: new Date(Date.now() + 1e9), number, revoked })
  }
  const request = ['-req', '-in', 'request.pem', '-CA', 'root.pem', '-CAkey', 'root.key']
  const taken = await interleave(ROUNDS, {
    async issued() {
      const took = await time(async () => {
        for (let count = 0; count < ISSUED; count++) {
          const { publicKey } = await readRequest(csr)
          await ca.issue('agent', { id, ...names }, publicKey)
        }
      })
      return took / ISSUED
    },
    async x509() {
      const took = await time(async () => {
        for (let count = 0; count < ISSUED; count++) openssl('x509', ...request, '-days', '90')
      })
      return took / ISSUED
    },
    async list() {
      const watch = watchStalls()
      const took = await time(list)
      stalls.push(await watch.longest())
      return took
    },
    gencrl: () => time(async () => openssl('ca', '-config', 'ca.cnf', '-gencrl', '-crldays', '7')),
    async idle() {
      const watch = watchStalls()
      await wait(200)
      return watch.longest()
    },
  })
  const gencrl = { name: '`openssl ca -gencrl`', sample: taken.gencrl }
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'certificate for a request, checked and signed', sample: taken.issued },
        beside: { name: '`openssl x509 -req`', sample: taken.x509 },
      },
      {
        unit: 'ms',
        ours: { name: 'list of 10,000 revoked certificates', sample: taken.list },
        beside: gencrl,
      },
      {
        unit: 'ms',
        ours: { name: 'longest wait of others meanwhile', sample: stalls },
        beside: { name: 'the same while nothing is done', sample: taken.idle },
      },
    ],
    notes: [
      `${perSecond(taken.issued)} certificates a second; openssl, a process for each, ${perSecond(taken.x509)}.`,
    ],
  }
}

const perSecond = (sample: number[]) => (1000 / median(sample)).toFixed(0)

type Root = Awaited<ReturnType<typeof createRoot>>

/** What openssl needs to do the same: the root, a request, and its own record of what was revoked. */
function prepare(folder: string, openssl: (...args: string[]) => string, root: Root): string {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('root.pem', root.cert_pem)
  write('root.key', root.key_pem)
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'key.pem')
  openssl('req', '-new', '-key', 'key.pem', '-subj', '/CN=web-1', '-out', 'request.pem')
  const line = ({ serial }: { serial: string }) =>
    `R\t360101120000Z\t260101120000Z,keyCompromise\t${serial.toUpperCase()}\tunknown\t/CN=web\n`
  write('index.txt', revoked.map(line).join(''))
  write('number', '01\n')
  write(
    'ca.cnf',
    `[ca]
default_ca = bench
[bench]
database = index.txt
crlnumber = number
certificate = root.pem
private_key = root.key
default_md = sha256
`,
  )
  return openssl('req', '-in', 'request.pem')
}
