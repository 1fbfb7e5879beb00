import { Failure } from '@linux-patch/shared/failure'
import type { PlannedChange } from '../package-manager.ts'
import { compareVersions } from './versions.ts'

/**
 * Reads `apt-get --simulate`, which prints a line for each package it would touch:
 *
 *     Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
 *     step name before         version      archives               architecture
 *     Remv lab-victim [1.0]
 *     Inst libc6:i386 (2.36-9+deb12u14 Debian:12.15/oldstable [i386]) [perl:amd64 ]
 *
 * A new package has no [before]; what follows the last bracket is apt's own note. Conf lines repeat Inst lines.
 */
const STEP =
  /^(?<step>Inst|Remv|Purg) (?<name>\S+)(?: \[(?<before>[^\]\s]+)\])?(?: \((?<version>\S+) .*?\[(?<architecture>[^\]]+)\]\))?/

export function parseSimulation(stdout: string): PlannedChange[] {
  const lines = stdout.split('\n').filter((line) => /^(Inst|Remv|Purg) /.test(line))
  return lines.map(readStep)
}

function readStep(line: string): PlannedChange {
  const { step, name, before = null, version = null } = STEP.exec(line)?.groups ?? {}
  // To skip the line would be to hide a change, perhaps a removal.
  if (!step || !name || (step === 'Inst' && version === null))
    throw new Failure('PKG_MANAGER_ERROR', `apt-get printed a line we cannot read: ${line}`)
  if (step !== 'Inst')
    return { name, action: 'remove', version_before: before, version_planned: null }
  return {
    name,
    action: actionOf(before, version),
    version_before: before,
    version_planned: version,
  }
}

function actionOf(before: string | null, planned: string | null): PlannedChange['action'] {
  if (before === null || planned === null) return 'install'
  const order = compareVersions(planned, before)
  if (order === 0) return 'reinstall'
  return order > 0 ? 'upgrade' : 'downgrade'
}
