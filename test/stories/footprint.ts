import type { Host } from '../lab/host.ts'

const UNIT = 'linux-patch-agent'

export const pidOf = async (host: Host): Promise<string> =>
  (await host.sh(`systemctl show --property=MainPID --value ${UNIT}`)).trim()

/** What a process holds of memory that it shares with no other, in MiB. */
export async function ownMemoryOf(host: Host, pid: string): Promise<number> {
  const text = await host.read(`/proc/${pid}/smaps_rollup`)
  const [clean, dirty] = ['Private_Clean', 'Private_Dirty'].map((name) => amountOf(text, name))
  return ((clean ?? 0) + (dirty ?? 0)) / 1024
}

/** What of the files that it runs is in memory counts here too. */
export const residentMemoryOf = async (host: Host, pid: string): Promise<number> =>
  amountOf(await host.read(`/proc/${pid}/smaps_rollup`), 'Rss') / 1024

function amountOf(text: string, name: string): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text) ?? []
  if (kibibytes === undefined) throw new Error(`There is no ${name} in:\n${text}`)
  return Number(kibibytes)
}

/** For how long a process has run, itself and in the kernel for it, in hundredths of a second. */
export async function cpuTicksOf(host: Host, pid: string): Promise<number> {
  const text = await host.read(`/proc/${pid}/stat`)
  // Its name, in brackets, may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
