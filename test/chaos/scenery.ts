import type { Draw } from './draws.ts'
import { brokenIn } from './state.ts'
import type { World } from './world.ts'

/** Puts up what a transaction plays before, and gives whether the postinst of lab-fail fails in it. */
export async function arrange({ host: { web, lab }, past }: World, draw: Draw): Promise<boolean> {
  const { sleep_seconds, is_cleaned, is_edited, marked } = draw.scenery
  const fails = draw.scenery.fails && !isToBeMended(past.at(-1)?.after, draw)
  const lines = [
    `echo ${sleep_seconds} >/etc/lab-sleep`,
    fails ? 'rm -f /etc/lab-fail-ok' : 'touch /etc/lab-fail-ok',
    is_cleaned && 'apt-get clean',
    is_edited && '[ ! -e /etc/lab-conf.conf ] || echo mine >/etc/lab-conf.conf',
    marked && `apt-mark -qq ${marked.automatic ? 'auto' : 'manual'} ${marked.name} || true`,
  ]
  await web.sh(lines.filter((line) => typeof line === 'string').join('\n'))
  const { trouble, moment } = draw
  const isSlow = trouble !== null && (moment.phase === 'download' || moment.phase === 'any')
  lab.repository.faults.bytes_per_second = isSlow ? 1024 * 1024 : undefined
  return fails
}

/** A host cannot be repaired while what broke it still does; but what broke it can be taken back. */
function isToBeMended(now: Parameters<typeof brokenIn>[0] | undefined, { wish }: Draw): boolean {
  const isJustTakenBack = wish.kind === 'rollback' && wish.back === 0
  return now !== undefined && brokenIn(now).length > 0 && !isJustTakenBack
}
