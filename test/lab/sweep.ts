import { globSync, readdirSync, rmdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { processesOf, removeCgroups } from './cgroups.ts'
import { tryLock } from './lock.ts'
import { unmountBelow } from './mounts.ts'
import { removeNetworks } from './network.ts'
import { folderOf, labPrefix, OPEN_LABS } from './places.ts'

/**
 * Removes all that a lab left on this machine. It goes by the names that only this lab gives, and
 * ends only what runs in its cgroups, so it is the same whether the lab was closed or its owner died.
 */
export async function sweep(number: number) {
  const prefix = labPrefix(number)
  for (let tries = 0; !(await endProcesses(prefix)); tries++)
    if (tries === 100) throw new Error(`Lab ${number} has processes that do not end.`)

  await unmountBelow(folderOf(number))
  await removeNetworks(number)
  removePropagation(prefix)
  await rm(folderOf(number), { recursive: true, force: true })
}

/** nspawn keeps a folder for each machine, and leaves it when it is killed. */
function removePropagation(prefix: string) {
  for (const folder of globSync(`/run/systemd/nspawn/propagate/${prefix}*`)) rmdirSync(folder)
}

async function endProcesses(prefix: string): Promise<boolean> {
  for (const pid of processesOf(prefix)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  if (removeCgroups(prefix)) return true
  await wait(50)
  return false
}

/** Sweeps up after the labs whose owners are dead: only then can their locks be had. */
export async function reclaim() {
  for (const number of openLabs()) {
    await using abandoned = await tryLock(`lab-${number}`)
    if (abandoned) await sweep(number)
  }
}

export function openLabs(): number[] {
  try {
    return readdirSync(OPEN_LABS).map(Number)
  } catch {
    return [] // there has never been one
  }
}
