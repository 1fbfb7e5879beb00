import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import type { Run } from '../run.ts'
import { harmless } from './text.ts'

export type RebootTimer = {
  job_id: string
  /** Where the jobs have their folders. */
  folder: string
  seconds: number
  at_any_risk: boolean
}

/** The reboot happens only while this file is there: to remove it is to call the reboot off, in one step. */
export const rebootFlag = (folder: string, job_id: string) => join(folder, job_id, 'reboot')
export const callOff = (flag: string) => rmSync(flag, { force: true })

/** What systemd said when it last refused to reboot, and who keeps it from it; null where it never refused. */
export function refusalOf(flag: string): string | null {
  const file = `${flag}.refusal`
  if (!existsSync(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n')
  const told = lines.map((line) => harmless(line).replaceAll(/\s+/g, ' ').trim())
  return told.filter((line) => line !== '').join('; ') || null
}

export const rebootUnit = (job_id: string) => `linux-patch-job-${job_id}-reboot`

/** There while a job is at work, also between two of its units. */
const workFile = (folder: string) => join(folder, 'at_work')

export function markWork(folder: string, isAtWork: boolean) {
  if (!isAtWork) return rmSync(workFile(folder), { force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(workFile(folder), '')
}

/**
 * Waits until nothing is at work: no job, no unit of one, and nobody who holds a lock of dpkg or rpm. /proc/locks is
 * the only place that shows those, with the inode of the file as the last number.
 *
 * Since version 257 systemd refuses root too while somebody inhibits a shutdown, as apt 3 does while it works: then it
 * is asked again. To ignore that with `systemctl reboot -i` takes a polkit, which a server may not have; where any risk
 * is to be taken, what `reboot` stands for is started without asking.
 */
export const REBOOT_SCRIPT = `
work=$3
busy() {
  [ -e "$work" ] && return 0
  systemctl list-units --plain --no-legend --state=active,activating,deactivating \\
    'linux-patch-job-*.service' | grep -q -v -e '-reboot[.]service' && return 0
  for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock \\
    /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock; do
    [ -e "$lock" ] || continue
    grep -q "^[0-9]*: POSIX .*:$(stat -c %i "$lock") " /proc/locks && return 0
  done
  return 1
}
while [ -e "$1" ]; do
  [ "$2" != now ] || exec systemctl start --job-mode=replace-irreversibly --no-block reboot.target
  if ! busy && [ -e "$1" ]; then
    said=$(systemctl reboot 2>&1) && exit
    { echo "$said"; systemd-inhibit --list --no-legend; } >"$1.refusal"
  fi
  sleep 5
done
`

/**
 * A timer of systemd's own, so that the agent need not be there when it is due. Throws SYSTEM_REBOOT_ERROR where
 * systemd does not take it.
 */
export async function arm(run: Run, { job_id, folder, seconds, at_any_risk }: RebootTimer) {
  const flag = rebootFlag(folder, job_id)
  mkdirSync(dirname(flag), { recursive: true, mode: 0o700 })
  // A file of its own: when it reloads, systemd 252 escapes each `$` of a transient unit once more.
  const script = `${flag}.sh`
  writeFileSync(script, REBOOT_SCRIPT, { mode: 0o700 })
  writeFileSync(flag, '')
  // The caller shall still hear the answer.
  const delay = Math.max(2, Math.ceil(seconds))
  const { exitCode, stderr } = await run('systemdRun', [
    '--quiet',
    `--unit=${rebootUnit(job_id)}`,
    `--description=Linux Patch Manager, job ${job_id}, reboot`,
    `--on-active=${delay}`,
    '--timer-property=AccuracySec=1s',
    '--collect',
    '--',
    '/bin/sh',
    script,
    flag,
    at_any_risk ? 'now' : 'wait',
    workFile(folder),
  ])
  if (exitCode === 0 || (await isArmed(run, job_id))) return
  callOff(flag)
  throw new Failure('SYSTEM_REBOOT_ERROR', `The host's systemd did not take the reboot: ${stderr}`)
}

/** Whether it is still waited for, or under way. Throws SERVICE_UNHEALTHY where systemd does not say. */
export async function isArmed(run: Run, job_id: string): Promise<boolean> {
  const unit = rebootUnit(job_id)
  const args = ['show', '--property=ActiveState', '--value', `${unit}.timer`, `${unit}.service`]
  const { exitCode, stdout, stderr } = await run('systemctl', args)
  if (exitCode !== 0)
    throw new Failure('SERVICE_UNHEALTHY', `The host's systemd does not answer: ${stderr}`)
  return stdout.split(/\s+/).some((state) => !['', 'inactive', 'failed'].includes(state))
}

/** Tidies up after a reboot that was called off; without its flag it does nothing any more. */
export async function disarm(run: Run, job_id: string): Promise<void> {
  const unit = rebootUnit(job_id)
  await run('systemctl', ['stop', `${unit}.timer`, `${unit}.service`])
}
