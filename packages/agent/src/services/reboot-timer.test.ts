import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { REBOOT_SCRIPT, refusalOf } from './reboot-timer.ts'

const INHIBITOR = 'backup 0   root 449 systemd-inhibit shutdown a backup runs block'

type Situation = {
  mode?: string
  isWanted?: boolean
  isAtWork?: boolean
  isRefused?: boolean
  /** Somebody calls the reboot off while systemd is asked what runs. */
  isCalledOff?: boolean
  isUnwritable?: boolean
}

/**
 * What the script runs: a systemctl that tells of one busy unit until it was asked twice, and a sleep in which the
 * work ends, and the reboot is called off once it was refused twice.
 */
const programs = (
  place: (name: string) => string,
  { isRefused = false, isCalledOff = false }: Situation,
) => ({
  systemctl: [
    `echo "$@" >>${place('said')}`,
    `case "$1 ${isRefused}" in`,
    '  "reboot true") echo "Call to Reboot failed: Access denied" >&2; exit 1;;',
    '  reboot*) exit 0;;',
    'esac',
    ...(isCalledOff ? [`rm ${place('flag')}; exit`] : []),
    'echo linux-patch-job-1-reboot.service loaded active running x',
    `[ "$(grep -c list-units ${place('said')})" -gt 1 ] || echo linux-patch-job-2-install.service loaded active`,
  ],
  sleep: [
    `echo sleep >>${place('said')}; rm -f ${place('work')}`,
    `[ "$(grep -c ^reboot ${place('said')})" -lt 2 ] || rm ${place('flag')}`,
  ],
  stat: ['echo none'], // no lock of this very machine is seen
  'systemd-inhibit': [`echo '${INHIBITOR}'`],
})

/** Runs the script to its end. */
function runScript(situation: Situation) {
  const { mode, isWanted = true, isAtWork = false, isUnwritable = false } = situation
  const folder = mkdtempSync(join(tmpdir(), 'agent-reboot-'))
  const place = (name: string) => join(folder, name)
  for (const [name, lines] of Object.entries(programs(place, situation))) {
    writeFileSync(place(name), ['#!/bin/sh', ...lines, ''].join('\n'))
    chmodSync(place(name), 0o755)
  }
  if (isAtWork) writeFileSync(place('work'), '')
  if (isWanted) writeFileSync(place('flag'), '')
  if (isUnwritable) mkdirSync(place('flag.refusal'))
  const argv = ['-c', REBOOT_SCRIPT, 'sh', place('flag'), mode ?? 'wait', place('work')]
  execFileSync('/bin/sh', argv, { env: { PATH: `${folder}:/usr/bin:/bin` }, timeout: 20_000 })

  const said = existsSync(place('said')) ? readFileSync(place('said'), 'utf8') : ''
  const refusal = isUnwritable ? null : refusalOf(place('flag'))
  rmSync(folder, { recursive: true })
  return { said: said.split('\n').map((line) => line.replace(/ --plain.*/, '')), refusal }
}

test('the unit waits until no other unit of a job runs', () =>
  assert.deepEqual(runScript({}).said, ['list-units', 'sleep', 'list-units', 'reboot', '']))

test('it waits for a job that is between two units', () =>
  assert.deepEqual(runScript({ isAtWork: true }).said[0], 'sleep'))

test('it waits for nothing where that is what was asked for, and for nobody', () =>
  assert.deepEqual(runScript({ mode: 'now', isRefused: true }).said, [
    'start --job-mode=replace-irreversibly --no-block reboot.target',
    '',
  ]))

test('it does nothing any more once it was called off', () =>
  assert.deepEqual(runScript({ isWanted: false }).said, ['']))

test('it does nothing any more where it was called off while it looked for work', () => {
  const { said } = runScript({ isCalledOff: true })
  assert.deepEqual(said, ['list-units', 'sleep', ''])
})

test('where systemd refuses, it is asked again, and who keeps the host from it is known', () => {
  const { said, refusal } = runScript({ isRefused: true })
  assert.deepEqual(said.slice(3), ['reboot', 'sleep', 'list-units', 'reboot', 'sleep', ''])
  assert.equal(refusal, `Call to Reboot failed: Access denied; ${INHIBITOR.replace('   ', ' ')}`)
  assert.equal(runScript({}).refusal, null)
})

test('systemd is asked, and asked again, also where nothing can be noted', () => {
  const { said } = runScript({ isRefused: true, isUnwritable: true })
  assert.equal(said.filter((word) => word === 'reboot').length, 2)
})
