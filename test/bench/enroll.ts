import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { confirmed } from '../stories/fleet.ts'
import { startManager, type Manager } from '../stories/manager.ts'
import { again } from './asking.ts'
import { median, time, type Sample } from './measure.ts'
import { simulateHost, type Milestones, type SimulatedHost } from './simulated-host.ts'
import { say, type Report } from './table.ts'

const HOSTS = 100
/** Between two looks of whoever approves. */
const LOOK_MS = 200
const OPENSSL = '`openssl x509 -req`, a process'

/**
 * How soon a fleet that asks all at once is taken in: from a host's first contact to the manager's first call of it.
 * The manager is a real process with what is usual; the hosts are simulated, and whoever approves compares keys at once.
 */
export async function enroll(): Promise<Report> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-bench-'))
  const signed = await signAll(folder.path)
  await using opened = new AsyncDisposableStack()
  const manager = opened.use(await startManager())
  const hosts: SimulatedHost[] = []
  for (let number = 1; number <= HOSTS; number++)
    hosts.push(opened.use(await simulateHost(folder.path, number)))

  const began = performance.now()
  const keys = new Set(hosts.map(({ key_fingerprint }) => key_fingerprint))
  const joining = Promise.all(hosts.map((host) => host.join(manager)))
  const [joined] = await Promise.all([joining, approve(manager, keys)])
  const total = performance.now() - began
  return {
    figures: [
      {
        unit: 'ms',
        ours: {
          name: 'host enrolled, approved and called, of 100 at once',
          sample: joined.map(whole),
        },
        beside: { name: OPENSSL, sample: signed },
      },
      {
        unit: 'ms',
        ours: { name: '100 hosts enrolled, approved and called', sample: [total] },
        beside: { name: `${OPENSSL}, 100 times`, sample: [signed.reduce((sum, one) => sum + one)] },
      },
    ],
    notes: [
      `The ${HOSTS} hosts are simulated: in one process, each with a key, files and an address of its own, they enrol and answer by the agent's modules; what they answer is canned.`,
      `Of a host's time ${say(median(joined.map(untilEnrolled)), 'ms')} were over when it had its certificate, of which it asks every 5 s.`,
    ],
  }
}

const whole = ({ began, called }: Milestones) => called - began
const untilEnrolled = ({ began, enrolled }: Milestones) => enrolled - began

/** Approves, as a script may, whatever asks with one of these keys. */
async function approve({ api }: Manager, keys: Set<string>) {
  while (keys.size > 0) {
    const { enrollments } = await api.listEnrollments()
    for (const request of enrollments) {
      if (!keys.delete(request.key_fingerprint ?? ''))
        throw new Error(`Nobody expects ${request.fqdn} with that key.`)
      await api.approveEnrollment(confirmed(request))
    }
    await wait(LOOK_MS)
  }
}

/** How long openssl takes for each of as many certificates, with a root and a request of its own. */
async function signAll(cwd: string): Promise<Sample> {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-subj', '/CN=root', '-keyout', 'root.key', '-out', 'root.pem')
  openssl('req', ...key, '-subj', '/CN=host', '-keyout', 'host.key', '-out', 'host.csr')
  const root = ['-CA', 'root.pem', '-CAkey', 'root.key']
  return again(HOSTS, () =>
    time(async () => openssl('x509', '-req', '-in', 'host.csr', ...root, '-days', '90')),
  )
}
