import type { HostDetail } from '@linux-patch/shared/host'
import type { JobHost } from '@linux-patch/shared/job'
import type { DemoLab, Shown } from './demo.ts'
import { installedIn } from './hosts.ts'
import { runJob, type Ended } from './job.ts'
import type { Joined } from './joining.ts'
import type { Manager } from './manager.ts'
import { digestsOf, previewAll } from './preview.ts'
import { doubts, doubtsOfRollback } from './proof.ts'
import { table } from './table.ts'

type Fleet = { lab: DemoLab; manager: Manager; joined: Joined }
const names = ['web', 'db'] as const

/** Previews one job on both hosts, runs it and takes it back. Gives what dpkg has against it: nothing, if all is well. */
export async function patchAll(shown: Shown, fleet: Fleet) {
  const { manager, joined } = fleet
  const previewed = await previewAll(shown, manager, joined)
  const job = await runJob(shown.together, manager, {
    joined,
    title: 'apply all that is pending',
    start: () =>
      manager.api.createJob({
        kind: 'patch_apply',
        host_ids: names.map((name) => joined[name].id),
        expected_digests: digestsOf(previewed),
        notes: 'The demo',
      }),
  })
  shown.print(`The job is ${job.status}.`)

  const found: string[] = []
  for (const name of names) {
    const part = job.parts[name]
    const installed = await look(shown, fleet, { name, part })
    const pending = joined[name].packages
    found.push(...doubts({ name, pending, preview: previewed[name], part, installed }))
  }
  return [...found, ...(await takeBack(shown, fleet, job))]
}

async function takeBack(shown: Shown, fleet: Fleet, job: Ended): Promise<string[]> {
  const { manager, joined } = fleet
  const { status, parts } = await runJob(shown.together, manager, {
    joined,
    title: 'roll the job back',
    start: () => manager.api.rollbackJob({ id: job.id, notes: 'The demo' }),
  })
  shown.print(`The rollback is ${status}.`)

  const found: string[] = []
  for (const name of names) {
    const back = parts[name]
    const installed = await look(shown, fleet, { name, part: back })
    found.push(...doubtsOfRollback({ name, part: job.parts[name], back, installed }))
  }
  return found
}

/** Shows what a host's part of a job says beside what dpkg in the host says, and gives the latter. */
async function look(
  { print }: Shown,
  { lab, joined }: Fleet,
  { name, part }: { name: (typeof names)[number]; part: JobHost },
) {
  const installed = await installedIn(lab.hosts[name], namesOf(joined[name], part))
  print(`${name}, as the job says and as dpkg in it says:\n${changes(part, installed)}`)
  return installed
}

const namesOf = ({ packages }: HostDetail, { changes }: JobHost) => [
  ...new Set([...packages, ...changes].map(({ name }) => name)),
]

const changes = (part: JobHost, installed: Map<string, string>) =>
  table(
    ['package', 'before', 'after', 'outcome', 'dpkg-query'],
    part.changes.map(({ name, version_before, version_after, outcome }) => [
      name,
      version_before ?? 'none',
      version_after ?? 'none',
      outcome,
      installed.get(name) ?? 'not installed',
    ]),
  )
