import { networkInterfaces } from 'node:os'
import { addressOf, bridgeOf, gatewayOf, hostId, labPrefix, networkOf } from './places.ts'
import { attempt, run } from './run.ts'

/** Whether this machine already has an address where the lab would have its own. */
export const isTaken = (number: number): boolean =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ address }) => address.startsWith(`${networkOf(number)}.`))

export const openBridge = (number: number) =>
  ip(
    `link add ${bridgeOf(number)} type bridge`,
    `address add ${gatewayOf(number)}/24 dev ${bridgeOf(number)}`,
    `link set ${bridgeOf(number)} up`,
  )

/** A network for one host: a namespace that outlives its reboots, on the bridge, with no way out. */
export async function plugIn(number: number, index: number) {
  const id = hostId(number, index)
  await ip(
    `netns add ${id}`,
    `link add ${id} type veth peer name eth0 netns ${id}`,
    `link set ${id} master ${bridgeOf(number)} up`,
    `-n ${id} link set lo up`,
    `-n ${id} address add ${addressOf(number, index)}/24 dev eth0`,
    `-n ${id} link set eth0 up`,
  )
}

export const setCable = (id: string, state: 'up' | 'down') => ip(`link set ${id} ${state}`)

export async function removeNetworks(number: number) {
  for (const id of await namespacesOf(number)) await attempt(['ip', 'netns', 'delete', id])
  for (const link of await linksOf(number)) await attempt(['ip', 'link', 'delete', link])
}

export async function namespacesOf(number: number): Promise<string[]> {
  const lines = (await run(['ip', 'netns', 'list'])).split('\n')
  return lines
    .map((line) => line.split(' ')[0] ?? '')
    .filter((id) => id.startsWith(labPrefix(number)))
}

export async function linksOf(number: number): Promise<string[]> {
  const links: { ifname: string }[] = JSON.parse((await run(['ip', '-json', 'link'])) || '[]')
  const names = links.map(({ ifname }) => ifname)
  return names.filter((name) => name === bridgeOf(number) || name.startsWith(labPrefix(number)))
}

async function ip(...commands: string[]) {
  for (const command of commands) await run(['ip', ...command.split(' ')])
}
