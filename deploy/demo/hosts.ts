import type { Enrollment } from '@linux-patch/shared/enrollment'
import type { HostDetail } from '@linux-patch/shared/host'
import type { Host } from '../../test/lab/host.ts'
import { until } from '../../test/stories/until.ts'
import type { Manager } from './manager.ts'
import type { Say } from './progress.ts'

/** Test packages of the lab, behind on purpose: something is pending also where this machine has nothing. */
const OLD = ['lab-hello=1.0-1', 'lab-lib=1.0-1']
const PRINTED = '/run/linux-patch-enroll'

export type Asking = {
  host: Host
  /** The request as the manager's queue shows it. */
  request: Enrollment
  /** The key's fingerprint, as the host printed it. */
  printed: string
  /** Ends when the host has its certificates. */
  enrolling: Promise<string>
}

/** Makes a host what it would be before its administrator enrols it: in use, and the agent a service. */
export async function prepare(host: Host, agent: string, say: Say) {
  say('refreshing its package lists')
  await host.aptUpdate()
  say(`installing ${OLD.join(' ')}`)
  await host.sh(`apt-get install -qq -y ${OLD.join(' ')}`)
  say('installing and starting the agent')
  await host.installAgent(agent)
  await host.startAgent()
}

/** Runs `enroll` in the host, and finds its request in the manager's queue. */
export async function askToJoin(host: Host, manager: Manager, place: string): Promise<Asking> {
  const { ca_fingerprint, api } = manager
  const command = `linux-patch-agent enroll --yes --interval 1 --manager ${place} --ca-fingerprint ${ca_fingerprint}`
  const enrolling = host.sh(`${command} >${PRINTED} 2>&1 || { cat ${PRINTED} >&2; exit 1; }`)
  const failed = enrolling.then(() => new Promise<never>(() => undefined))

  const printed = until(`${host.name} prints its key's fingerprint`, async () => {
    const { stdout } = await host.exec(['cat', PRINTED])
    return /sha256:[0-9a-f]{64}/.exec(stdout)?.[0]
  })
  const request = until(`${host.name} asks to join`, async () => {
    const { enrollments } = await api.listEnrollments()
    return enrollments.find(({ ip_address }) => ip_address === host.address)
  })
  const [shown, queued] = await Promise.race([Promise.all([printed, request]), failed])
  return { host, request: queued, printed: shown, enrolling }
}

/** Approves a host whose key is the one that it printed, and waits until the manager has read it. */
export async function approve({ host, request, printed, enrolling }: Asking, { api }: Manager) {
  const { id, fqdn, ip_address } = request
  const approved = await api.approveEnrollment({
    id,
    // What the host printed, not what the queue shows: the manager signs no other key.
    key_fingerprint: printed,
    dns_names: [fqdn],
    ip_addresses: [ip_address],
  })
  await enrolling
  return read(approved.id, host.name, { api })
}

const read = (id: string, name: string, { api }: Pick<Manager, 'api'>): Promise<HostDetail> =>
  until(`${name} was read`, async () => {
    const detail = await api.getHost({ id })
    return detail.status === 'healthy' && detail.updates.state === 'current' && detail
  })

/** What dpkg itself says is installed: versions by name. Packages in any other state are left out. */
export async function installedIn(host: Host, names: string[]): Promise<Map<string, string>> {
  const format = '${db:Status-Abbrev} ${Package} ${Version}\n'
  const { stdout } = await host.exec(['dpkg-query', '-W', `-f=${format}`, ...names])
  const lines = [...stdout.matchAll(/^ii +(\S+) (\S+)$/gm)]
  return new Map(lines.map(([, name = '', version = '']) => [name, version]))
}
