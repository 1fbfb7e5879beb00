import type { HostDetail } from '@linux-patch/shared/host'
import type { DemoLab, Shown } from './demo.ts'
import { approve, askToJoin, type Asking } from './hosts.ts'
import { PORT, type Manager } from './manager.ts'
import { table } from './table.ts'

export type Joined = Record<'web' | 'db', HostDetail>

/** Enrols both hosts: they ask, their keys are compared, they are approved and read. */
export async function joinAll({ together, print }: Shown, lab: DemoLab, manager: Manager) {
  const place = `https://${lab.gateway}:${PORT}`
  const ask = (name: keyof Joined) => ({
    title: `${name}: ask to join`,
    work: () => askToJoin(lab.hosts[name], manager, place),
  })
  const asking = await together({ web: ask('web'), db: ask('db') })
  print(`The keys' fingerprints, in the hosts and in the manager's queue:\n${keys(asking)}`)

  const take = (name: keyof Joined) => ({
    title: `${name}: approve and read`,
    work: () => approve(asking[name], manager),
  })
  const joined = await together({ web: take('web'), db: take('db') })
  for (const detail of Object.values(joined)) print(pending(detail))
  return joined
}

const keys = (asking: Record<string, Asking>) =>
  table(
    ['host', 'where', 'key fingerprint'],
    Object.values(asking).flatMap(({ host, printed, request: { key_fingerprint } }) => [
      [host.name, 'printed on it', printed],
      [
        '',
        'in the queue',
        `${key_fingerprint}${key_fingerprint === printed ? '  the same' : '  ANOTHER KEY'}`,
      ],
    ]),
  )

function pending({ name, packages }: HostDetail): string {
  const rows = packages.map((one) => [
    one.name,
    one.version,
    one.available_version ?? 'unknown',
    one.security ? 'security' : '',
    one.blocked_by ? `${one.blocked_by.reason}: ${one.blocked_by.detail}` : '',
  ])
  const origin = 'lab-* are test packages, the others are pending on this machine too'
  return `Pending on ${name} (${origin}):\n${table(['package', 'installed', 'available', '', ''], rows)}`
}
