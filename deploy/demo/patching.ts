import type { HostDetail } from '@linux-patch/shared/host'
import type { JobHost } from '@linux-patch/shared/job'
import type { DemoLab, Shown } from './demo.ts'
import { installedIn } from './hosts.ts'
import { startJob } from './job.ts'
import type { Joined } from './joining.ts'
import type { Manager } from './manager.ts'
import { doubts } from './proof.ts'
import { table } from './table.ts'

type Fleet = { lab: DemoLab; manager: Manager; joined: Joined }

/** Runs one job on both hosts, and gives what dpkg in them has against what it says: nothing, if all is well. */
export async function patchAll({ together, print }: Shown, { lab, manager, joined }: Fleet) {
  const { web, db } = joined
  using job = await startJob(manager, [web.id, db.id])
  const follow = ({ id, name }: HostDetail) => ({
    title: `${name}: apply all that is pending`,
    work: (say: (line: string) => void) => job.follow(id, say),
  })
  const parts = await together({ web: follow(web), db: follow(db) })
  const { status } = await job.ended()
  print(`The job is ${status}.`)

  const found: string[] = []
  for (const name of ['web', 'db'] as const) {
    const part = parts[name]
    const installed = await installedIn(lab.hosts[name], namesOf(joined[name], part))
    print(`${name}, as the job says and as dpkg in it says:\n${changes(part, installed)}`)
    found.push(...doubts({ name, pending: joined[name].packages, part, installed }))
  }
  return found
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
