import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ecosystemsOf } from '../advisories/ecosystem.ts'
import { isMissing, statOrNull } from '../files/missing.ts'
import type { Past } from './advisory-patches.ts'
import { earlierVersions, type Earlier } from './earlier.ts'
import { remember } from './remember.ts'

/** What a host has been, and since when it runs. The same object as before while nothing of it has changed. */
export function pastOf(root: string): () => Promise<Past> {
  const earlier = earlierVersions(root)
  const remembered = remember(toPast)
  return async () => {
    const [log, osRelease, pro, boot] = await Promise.all([
      earlier(),
      readOsRelease(root),
      statOrNull(join(root, 'var/lib/ubuntu-advantage/private/machine-token.json')),
      // Right in a container too, where /proc/uptime is that of the machine around it.
      statOrNull(join(root, 'proc/1')),
    ])
    return remembered({
      earlier: log,
      osRelease,
      isAttachedToPro: pro !== null,
      bootedAt: boot?.mtimeMs ?? null,
    })
  }
}

type Found = {
  earlier: Earlier
  osRelease: string
  isAttachedToPro: boolean
  bootedAt: number | null
}

const toPast = ({ earlier, osRelease, isAttachedToPro, bootedAt }: Found): Past => ({
  ecosystems: ecosystemsOf(osRelease, isAttachedToPro),
  earlier,
  booted_at: bootedAt === null ? null : new Date(bootedAt),
})

async function readOsRelease(root: string): Promise<string> {
  try {
    return await readFile(join(root, 'etc/os-release'), 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}
