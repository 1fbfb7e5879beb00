import type { Draw } from './draws.ts'
import { brokenIn, type HostState } from './state.ts'
import type { World } from './world.ts'

/** Enough to update that it runs in several groups, and one that takes its time. */
const OLD = ['lab-sleep', 'lab-hello', 'lab-svc', 'lab-ma', 'lab-newdep', 'chaos-conf']

/** Puts up what a transaction plays before, and gives whether the postinst of lab-fail fails in it. */
export async function arrange(world: World, draw: Draw): Promise<boolean> {
  const { host, past } = world
  const now = past.at(-1)?.after
  const isBroken = now !== undefined && brokenIn(now).length > 0
  // Only a job of several groups can be stopped between two.
  const isToStop = draw.wish.kind === 'patches' && draw.trouble === 'cancelled' && !isBroken
  if (isToStop) await host.putBack(...OLD.map((name) => `${name}=1.0-1`))

  const fails = draw.scenery.fails && !isToBeMended(now, draw)
  await host.web.sh(linesOf(draw, { fails, least_seconds: isToStop ? 1 : 0 }).join('\n'))
  const isSlow = draw.trouble !== null && ['download', 'any'].includes(draw.moment.phase)
  host.lab.repository.faults.bytes_per_second = isSlow ? 1024 * 1024 : undefined
  return fails
}

function linesOf({ scenery }: Draw, more: { fails: boolean; least_seconds: number }): string[] {
  const { sleep_seconds, is_cleaned, is_edited, marked } = scenery
  const lines = [
    `echo ${Math.max(sleep_seconds, more.least_seconds)} >/etc/lab-sleep`,
    more.fails ? 'rm -f /etc/lab-fail-ok' : 'touch /etc/lab-fail-ok',
    is_cleaned && 'apt-get clean',
    is_edited && '[ ! -e /etc/lab-conf.conf ] || echo mine >/etc/lab-conf.conf',
    marked && `apt-mark -qq ${marked.automatic ? 'auto' : 'manual'} ${marked.name} || true`,
  ]
  return lines.filter((line) => typeof line === 'string')
}

/** A host cannot be repaired while what broke it still does; but what broke it can be taken back. */
function isToBeMended(now: HostState | undefined, { wish }: Draw): boolean {
  const isJustTakenBack = wish.kind === 'rollback' && wish.back === 0
  return now !== undefined && brokenIn(now).length > 0 && !isJustTakenBack
}
