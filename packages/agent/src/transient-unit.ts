import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import type { Run } from './run.ts'

/** One phase of a job, and the folder that holds its files: `output.log`, `<phase>.status`, `<phase>.rc`. */
export type Phase = { job_id: string; phase: string; folder: string }
export type StopSignal = 'SIGTERM' | 'SIGINT'
type Start = Phase & {
  command: { argv: string[]; env: Record<string, string> }
  stop: StopSignal
}

/** How a unit ended, in systemd's words: `success exited 0`, `exit-code exited 100`, `signal killed KILL`. */
export type Ended = { result: string; code: string; status: string }

export const unitName = ({ job_id, phase }: Omit<Phase, 'folder'>) =>
  `linux-patch-job-${job_id}-${phase}.service`

/**
 * Starts a command in a systemd unit of its own: no restart, crash or upgrade of the agent reaches it, and no
 * pipe leads back to the agent. Answers `started_before` where this phase already runs or has ended: `look`
 * tells which. So a phase never runs twice, and a retry is a phase of another name.
 */
export async function start(run: Run, unit: Start): Promise<'started' | 'started_before'> {
  check(unit)
  checkStop(unit)
  if (await findEnd(unit)) return 'started_before'

  await writeFile(endScript(unit), lastWords(unit), { mode: 0o700 })
  const { exitCode, stderr } = await run('systemdRun', unitArguments(unit))
  if (exitCode === 0) return 'started'
  // systemd refuses a name that is taken; what it says about it differs between its versions.
  if ((await look(run, unit)) !== 'lost') return 'started_before'
  throw new Failure('PKG_MANAGER_ERROR', `The host's systemd did not start the job: ${stderr}`)
}

/** `lost`: no such unit, and it left no word of how it ended, as after a power cut, or it was never started. */
export async function look(run: Run, unit: Phase): Promise<'running' | 'lost' | Ended> {
  check(unit)
  const ended = await findEnd(unit)
  if (ended) return ended
  const args = ['show', '--property=ActiveState', '--value', unitName(unit)]
  const { exitCode, stdout, stderr } = await run('systemctl', args)
  if (exitCode !== 0)
    throw new Failure('PKG_MANAGER_ERROR', `The host's systemd does not answer: ${stderr}`)
  if (!['inactive', 'failed'].includes(stdout.trim())) return 'running'
  // Again, for a unit that ended between the two looks.
  return (await findEnd(unit)) ?? 'lost'
}

/**
 * Asks a phase to stop: what fetches at once (TERM), anything else after the step it is at (INT, which apt answers
 * by finishing what it began). Only the main process hears it, and nothing is ever killed.
 */
export async function signal(run: Run, unit: Phase & { stop: StopSignal }): Promise<void> {
  check(unit)
  checkStop(unit)
  const args = ['kill', '--kill-who=main', `--signal=${unit.stop}`, unitName(unit)]
  const { exitCode, stderr } = await run('systemctl', args)
  if (exitCode === 0 || (await look(run, unit)) !== 'running') return
  throw new Failure('PKG_MANAGER_ERROR', `The job could not be asked to stop: ${stderr}`)
}

function unitArguments(unit: Start) {
  const { job_id, phase, folder, command, stop } = unit
  const output = `append:${join(folder, 'output.log')}`
  const properties = [
    `StandardOutput=${output}`,
    `StandardError=${output}`,
    // INT or TERM goes to the main process alone, and nothing is ever killed: neither a dpkg that outlives its
    // apt-get nor a daemon that a package has started. There is no RuntimeMaxSec.
    'KillMode=process',
    'OOMPolicy=continue',
    `KillSignal=${stop}`,
    // What the host's own shutdown waits before it kills.
    'TimeoutStopSec=15min',
    'OOMScoreAdjust=-500',
    // A script of its own: when it reloads, systemd 252 escapes each `$` of a transient unit once more.
    `ExecStopPost=/bin/sh ${endScript(unit)}`,
  ]
  return [
    '--quiet',
    `--unit=${unitName(unit)}`,
    `--description=Linux Patch Manager, job ${job_id}, ${phase}`,
    '--collect',
    '--service-type=exec',
    ...properties.map((property) => `--property=${property}`),
    ...Object.entries(command.env).map(([name, value]) => `--setenv=${name}=${value}`),
    '--',
    // `exec`, so that the main process of the unit is the command and not a shell.
    '/bin/sh',
    '-c',
    `exec "$@" 3>>${join(folder, `${phase}.status`)}`,
    'sh',
    ...command.argv.map((argument) => argument.replaceAll('$', '$$$$')),
  ]
}

const endScript = ({ folder, phase }: Phase) => join(folder, `${phase}.end.sh`)

/** systemd forgets a unit that has ended, so its end is kept in a file, which is there as a whole or not at all. */
function lastWords({ folder, phase }: Phase): string {
  const end = join(folder, `${phase}.rc`)
  const say = `echo "$SERVICE_RESULT $EXIT_CODE $EXIT_STATUS" > ${end}.tmp`
  return `${say} && sync ${end}.tmp && mv ${end}.tmp ${end}\n`
}

/** How a unit ended, where it left word of that; nothing is asked of systemd. */
export async function findEnd({ folder, phase }: Phase): Promise<Ended | undefined> {
  const text = await readFile(join(folder, `${phase}.rc`), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  // A power cut may leave the file without its text: that is no word of how it ended.
  if (!text?.trim()) return undefined
  const [result = '', code = '', status = ''] = text.trim().split(' ')
  return { result, code, status }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const PHASE = /^[a-z][a-z0-9-]{0,30}$/
const FOLDER = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/

/** All three end up in a line that a shell reads. Others than these are a mistake of ours, not of a caller. */
function check({ job_id, phase, folder }: Phase) {
  if (!ID.test(job_id)) throw new Error(`${job_id} is not the id of a job`)
  if (!PHASE.test(phase)) throw new Error(`${phase} is not the name of a phase`)
  if (!FOLDER.test(folder)) throw new Error(`${folder} is not a folder for a job`)
}

function checkStop({ phase, stop }: Pick<Start, 'phase' | 'stop'>) {
  if (stop === 'SIGTERM' && !/^(download|refresh)/.test(phase))
    throw new Error(`TERM would break ${phase} half-way; only what fetches takes it`)
}
