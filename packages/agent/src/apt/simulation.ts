import { Failure } from '@linux-patch/shared/failure'
import type { PlannedChange } from '../package-manager.ts'
import { compareVersions } from './versions.ts'

/** One change as apt-get would make it. */
export type Step = PlannedChange & {
  architecture: string | null
  /** The archives that have the planned version, as they call themselves; none for a saved file. */
  origins: string[]
}

/**
 * Reads `apt-get --simulate`, which prints a line for each package it would touch:
 *
 *     Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
 *     step name before         version      archives               architecture
 *     Remv lab-victim [1.0]
 *     Inst libc6:i386 (2.36-9+deb12u14 Debian:12.15/oldstable [i386]) [perl:amd64 ]
 *     Inst lab-lib [2.0] (1.0 local-deb [all])
 *
 * A new package has no [before]; what follows the last bracket is apt's own note. Conf lines repeat Inst lines.
 */
const STEP =
  /^(?<step>Inst|Remv|Purg) (?<name>\S+)(?: \[(?<before>[^\]\s]+)\])?(?: \((?<version>\S+) (?<archives>.*?)\[(?<architecture>[^\]]+)\]\))?/

export function parseSimulation(stdout: string): Step[] {
  const lines = stdout.split('\n').filter((line) => /^(Inst|Remv|Purg) /.test(line))
  return lines.map(readStep)
}

function readStep(line: string): Step {
  const found = STEP.exec(line)?.groups ?? {}
  const { step, name, before = null, version = null, archives = '', architecture = null } = found
  // To skip the line would be to hide a change, perhaps a removal.
  if (!step || !name || (step === 'Inst' && version === null))
    throw new Failure('PKG_MANAGER_ERROR', `apt-get printed a line we cannot read: ${line}`)
  const planned = step === 'Inst' ? version : null
  return {
    name,
    action: planned === null ? 'remove' : actionOf(before, planned),
    version_before: before,
    version_planned: planned,
    architecture,
    origins: planned === null ? [] : originsOf(archives),
  }
}

/** apt's own names for what no archive has: a file that it was given, and the package as it is installed. */
const NO_ARCHIVE = ['local-deb', 'now']

const originsOf = (archives: string) =>
  archives.split(', ').flatMap((archive) => {
    const origin = archive.trim()
    return origin === '' || NO_ARCHIVE.includes(origin) ? [] : [origin]
  })

function actionOf(before: string | null, planned: string): PlannedChange['action'] {
  if (before === null) return 'install'
  const order = compareVersions(planned, before)
  if (order === 0) return 'reinstall'
  return order > 0 ? 'upgrade' : 'downgrade'
}
