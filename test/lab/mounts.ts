import { readFileSync } from 'node:fs'
import { attempt, run } from './run.ts'

/** Every mount at or below a path, the last made first: mounts can be stacked on one place. */
export const mountsBelow = (path: string): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => place === path || place.startsWith(`${path}/`))
    .reverse()

/** Leaves nothing mounted below a path, so that what is under it can be removed without harm. */
export async function unmountBelow(path: string) {
  for (const place of mountsBelow(path)) {
    const { exitCode } = await attempt(['umount', place])
    if (exitCode !== 0) await run(['umount', '--lazy', place])
  }
  if (mountsBelow(path).length > 0) throw new Error(`${path} still has something mounted below it.`)
}
