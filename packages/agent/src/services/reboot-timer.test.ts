import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { REBOOT_SCRIPT } from './reboot-timer.ts'

type Situation = { mode?: string; isWanted?: boolean; isAtWork?: boolean }

/** Runs the script with a systemctl that tells of one busy unit, until it was asked twice. */
function runScript({ mode = 'wait', isWanted = true, isAtWork = false }: Situation) {
  const folder = mkdtempSync(join(tmpdir(), 'agent-reboot-'))
  const place = (name: string) => join(folder, name)
  const systemctl = [
    '#!/bin/sh',
    `echo "$@" >> ${place('said')}`,
    `[ "$1" = list-units ] || exit 0`,
    'echo linux-patch-job-1-reboot.service loaded active running x',
    `[ "$(grep -c list-units ${place('said')})" -gt 1 ] || echo linux-patch-job-2-install.service loaded active`,
  ]
  writeFileSync(place('systemctl'), systemctl.join('\n'))
  writeFileSync(
    place('sleep'),
    `#!/bin/sh\necho sleep >> ${place('said')}\nrm -f ${place('work')}\n`,
  )
  if (isAtWork) writeFileSync(place('work'), '')
  // No lock of this very machine is seen.
  writeFileSync(place('stat'), '#!/bin/sh\necho none\n')
  for (const name of ['systemctl', 'sleep', 'stat']) chmodSync(place(name), 0o755)
  if (isWanted) writeFileSync(place('flag'), '')
  const env = { PATH: `${folder}:/usr/bin:/bin` }
  execFileSync('/bin/sh', ['-c', REBOOT_SCRIPT, 'sh', place('flag'), mode, place('work')], {
    env,
    timeout: 20_000,
  })
  const said = existsSync(place('said')) ? readFileSync(place('said'), 'utf8') : ''
  rmSync(folder, { recursive: true })
  return said.split('\n').map((line) => line.split(' ')[0])
}

test('the unit waits until no other unit of a job runs', () =>
  assert.deepEqual(runScript({}), ['list-units', 'sleep', 'list-units', 'reboot', '']))

test('it waits for a job that is between two units', () =>
  assert.deepEqual(runScript({ isAtWork: true })[0], 'sleep'))

test('it waits for nothing where that is what was asked for', () =>
  assert.deepEqual(runScript({ mode: 'now' }), ['reboot', '']))

test('it does nothing any more once it was called off', () =>
  assert.deepEqual(runScript({ isWanted: false }), ['']))
