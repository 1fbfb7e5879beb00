import type { Enrollment } from '@linux-patch/shared/enrollment'
import { bundle } from '../../deploy/bundle.ts'
import type { JobDetail, JobHost, NewJob } from '@linux-patch/shared/job'
import { openLab, type Lab } from '../lab/lab.ts'
import type { Host } from '../lab/host.ts'
import { administratorOf, type Administrator } from './administrator.ts'
import { startManager, type Manager } from './manager.ts'
import { storyBase, type StoryBase } from './story-base.ts'
import { until } from './until.ts'

export type Fleet<Name extends string> = AsyncDisposable & {
  lab: Lab<Name>
  hosts: Record<Name, Host>
  /** Who is at each host. */
  administrators: Record<Name, Administrator>
  manager: Manager
  /** The manager's ids of the hosts. */
  ids: Record<Name, string>
}

type Options<Name extends string> = {
  /** What the hosts are made from, all of them or each. */
  base?: StoryBase | Record<Name, StoryBase>
  /** Packages that every host has before the story begins. */
  packages?: string[]
  agent_config?: string
  manager_config?: Record<string, unknown>
}

/** Rates as high as no story reaches; the limits themselves have tests of their own. */
export const UNLIMITED = `rate_limits:
  health: 10000
  package_list: 10000
  package_operations: 10000
  patch_operations: 10000
  job_operations: 10000
  system: 10000
`

/** A manager and hosts that have been enrolled, approved and read: where most stories begin. */
export async function openFleet<const Name extends string>(
  names: readonly Name[],
  {
    base = storyBase(),
    packages = [],
    agent_config = UNLIMITED,
    manager_config = {},
  }: Options<Name> = {},
): Promise<Fleet<Name>> {
  await using opened = new AsyncDisposableStack()
  const folder = await bundle()
  const lab = opened.use(await openLab({ hosts: names, base }))
  const manager = opened.use(
    await startManager({ address: lab.gateway, config: { ...eager, ...manager_config } }),
  )
  const baseOf = (name: Name) => (typeof base === 'string' ? base : base[name])
  const administrators = byName(
    names.map((name) => [name, administratorOf(lab.hosts[name], baseOf(name))] as const),
  )
  const joined = await Promise.all(
    names.map(async (name) => {
      const [host, administrator] = [lab.hosts[name], administrators[name]]
      await prepare(host, folder, packages, { config: agent_config, administrator })
      return [name, await join(host, manager)] as const
    }),
  )
  const ids = byName(joined)
  const all = opened.move()
  const { hosts } = lab
  return {
    lab,
    hosts,
    administrators,
    manager,
    ids,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const byName = <Name extends string, Value>(entries: (readonly [Name, Value])[]) =>
  Object.fromEntries(entries) as Record<Name, Value>

const eager = {
  hosts: { read_every_seconds: 60, retry_every_seconds: 1 },
  rate_limits: { sign_in: 1000, enroll: 1000, enroll_status: 10_000 },
}

export async function prepare(
  host: Host,
  folder: string,
  packages: string[],
  { config = UNLIMITED, administrator = administratorAt(host) }: Preparing = {},
) {
  await host.installAgent(folder)
  await host.write('/etc/linux_patch_api/config.yaml', config)
  await administrator.refresh()
  if (packages.length > 0) await administrator.install(...packages)
}
type Preparing = { config?: string; administrator?: Administrator }

/** Enrols a host as its administrator would, approves it, and waits until the manager has read it. */
export async function join(host: Host, manager: Manager): Promise<string> {
  const enrolling = host.sh(enrollCommand(manager))
  const request = await Promise.race([
    until(`${host.name} asks to join`, () => findRequest(host, manager)),
    enrolling.then((printed) => {
      throw new Error(`enroll ended before anybody approved:\n${printed}`)
    }),
  ])
  const { id } = await manager.api.approveEnrollment(confirmed(request))
  await enrolling
  await host.startAgent()
  await until(`${host.name} was read`, async () => {
    const { status } = await manager.api.getHost({ id })
    return status === 'healthy'
  })
  return id
}

/** What is confirmed of a request whose key was compared, and whose names are right. */
export const confirmed = ({ id, key_fingerprint, fqdn, ip_address }: Enrollment) => ({
  id,
  ...(key_fingerprint !== null && { key_fingerprint }),
  dns_names: [fqdn],
  ip_addresses: [ip_address],
})

export const enrollCommand = ({ url, ca_fingerprint }: Manager) =>
  `linux-patch-agent enroll --yes --interval 1 --manager ${url} --ca-fingerprint ${ca_fingerprint}`

export async function findRequest(host: Host, { api }: Manager) {
  const { enrollments } = await api.listEnrollments()
  return enrollments.find(({ ip_address }) => ip_address === host.address)
}

/** Starts a job and waits until it has ended. */
export async function runJob({ api }: Manager, job: NewJobInput, seconds = 90): Promise<JobDetail> {
  const { id } = await api.createJob(job)
  return ended({ api }, id, seconds)
}
type NewJobInput = Partial<NewJob> & Pick<NewJob, 'kind' | 'host_ids'>

export const ended = ({ api }: Pick<Manager, 'api'>, id: string, seconds = 90) =>
  until(
    `job ${id} ends`,
    async () => {
      const job = await api.getJob({ id })
      return job.completed_at !== null && job
    },
    seconds,
  )

/** What became of each package: before, after, outcome. Sorted by name. */
export const outcomes = ({ changes }: JobHost) =>
  changes
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version_before, version_after, outcome }) => [
      name,
      version_before,
      version_after,
      outcome,
    ])

/** Somebody at a host of the base that a run is on. */
export const administratorAt = (host: Host) => administratorOf(host, storyBase())
