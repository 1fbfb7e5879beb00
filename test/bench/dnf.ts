import { updateinfo } from '../lab/repository/rpm-advisories.ts'
import { openOneHost, type OneHost } from '../stories/agent/one-host.ts'
import { again, timeToAnswer } from './asking.ts'
import { interleave, timeIn } from './measure.ts'
import type { Report } from './table.ts'

const ROUNDS = 7
const CALLS = 20
const [INSTALLED, PENDING] = [700, 130]
const LIST = 'dnf -C list'
const ADVISORIES = 'dnf -C updateinfo list'

/** The lists of a host that lives by dnf, from the agent and from dnf, which reads what it has fetched before. */
export async function dnf(): Promise<Report> {
  await using host = await openOneHost({ base: 'dnf' })
  await fill(host)
  const packages = () => timeToAnswer({ caller: host }, '/api/v1/packages?limit=1000')
  const patches = () => timeToAnswer({ caller: host }, '/api/v1/patches?limit=1000')
  const changed = async () => {
    await host.web.sh('touch /var/lib/rpm/rpmdb.sqlite')
    return packages()
  }
  const taken = await interleave(ROUNDS, {
    changed,
    packages: () => again(CALLS, packages),
    list: () => timeIn(host.web, LIST),
    patches: () => again(CALLS, patches),
    advisories: () => timeIn(host.web, ADVISORIES),
  })
  const list = { name: `\`${LIST}\``, sample: taken.list }
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'package list with dnf, nothing changed', sample: taken.packages },
        beside: list,
      },
      {
        unit: 'ms',
        ours: { name: 'package list with dnf, packages changed', sample: taken.changed },
        beside: list,
      },
      {
        unit: 'ms',
        ours: { name: 'patches with dnf, nothing changed', sample: taken.patches },
        beside: { name: `\`${ADVISORIES}\``, sample: taken.advisories },
      },
    ],
    notes: [await describe(host)],
  }
}

/** Packages without files, of which some have an update, and every other update an advisory. */
async function fill({ lab, web, refresh }: OneHost) {
  const many = { name: 'lab-many', repository: 'lab' } as const
  await lab.rpms.add({ ...many, version: '1.0', parts: INSTALLED })
  await refresh()
  await web.sh("dnf -q -y --nogpgcheck install 'lab-many-part*'")
  await lab.rpms.add({ ...many, version: '1.1', parts: PENDING })
  await lab.rpms.advise('lab', updateinfo(advisories()))
  await refresh()
}

const advisories = () =>
  Array.from({ length: PENDING / 2 }, (_, at) => ({
    id: `RLSA-2025:${1000 + at}`,
    type: 'security' as const,
    severity: 'Moderate' as const,
    title: `Moderate: lab-many-part${2 * at + 1} security update`,
    issued: '2025-03-04 10:00:00',
    cve_ids: [`CVE-2025-${10_000 + at}`],
    packages: [[`lab-many-part${2 * at + 1}`, '1.1', '1']] as [string, string, string][],
  }))

async function describe({ api }: OneHost): Promise<string> {
  const [all, pending] = await Promise.all([
    api.listPackages({ limit: 1 }),
    api.listPackages({ limit: 1, status: 'upgradable' }),
  ])
  return `The host with dnf has ${all.total} packages, of which ${pending.total} have an update.`
}
