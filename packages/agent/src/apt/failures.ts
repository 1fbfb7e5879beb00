import { Failure, type AgentFailureCode } from '@linux-patch/shared/failure'
import type { Ran } from '../run.ts'

/** What apt-get says when it refuses, as it prints it after `E: `, and what that is called here. */
const refusals: [says: RegExp, code: AgentFailureCode][] = [
  [/^Unable to locate package /, 'PKG_NOT_FOUND'],
  [/^Package '.*' has no installation candidate/, 'PKG_NOT_FOUND'],
  [/^Version '.*' for '.*' was not found/, 'PKG_VERSION_CONFLICT'],
  [/^Packages were downgraded and -y was used/, 'PKG_VERSION_CONFLICT'],
  [/^Unable to correct problems, you have held broken packages/, 'PKG_DEPENDENCY_ERROR'],
  // The same refusal in the words of apt 3's solver.
  [/^Unable to satisfy dependencies/, 'PKG_DEPENDENCY_ERROR'],
  [/^Held packages were changed and -y was used/, 'PKG_DEPENDENCY_ERROR'],
  [/^Packages need to be removed but remove is disabled/, 'PKG_DEPENDENCY_ERROR'],
  [/^Essential packages were removed and -y was used/, 'PKG_DEPENDENCY_ERROR'],
  [/^Unmet dependencies\. Try /, 'PKG_DEPENDENCY_ERROR'],
  [/^Error, pkgProblemResolver::Resolve generated breaks/, 'PKG_DEPENDENCY_ERROR'],
]

/** An error may go on in the next lines, and a package may lack more than one thing. */
const ERROR = /^E: (.*(?:\n {3}.*)*)$/gm
const UNMET = /^ \S+ : \w+: .*(?:\n {3}.*)*$/gm
const SECTION =
  /^The following (packages will be REMOVED|held packages will be changed):\n(  .*\n)+/gm

/** apt 3 asks its other solver too, which says at length what apt has said already. */
const SECOND_OPINION = /^The following information from --solver /

/**
 * Reads what a failed apt-get printed. Its errors go to stderr, its reasons to stdout:
 *
 *     E: Unable to correct problems, you have held broken packages.
 *      lab-broken : Depends: lab-does-not-exist (>= 3) but it is not installable or
 *                            lab-nor-this but it is not installable
 *                   Depends: lab-never but it is not installable
 *     The following packages will be REMOVED:
 *       lab-victim
 */
export function aptFailure({ exitCode, stdout, stderr }: Ran): Failure {
  const errors = [...`${stderr}\n${stdout}`.matchAll(ERROR)]
    .map(([, text = '']) => text)
    .filter((text) => !SECOND_OPINION.test(text))
  const reasons = [...stdout.matchAll(UNMET), ...stdout.matchAll(SECTION)]
  const code = refusals.find(([says]) => errors.some((error) => says.test(error)))?.[1]
  const words = [...errors, ...reasons.map(([text]) => text)]
    .map((text) => text.trim().replaceAll(/\s+/g, ' '))
    .join(' ')
  return new Failure(
    code ?? 'PKG_MANAGER_ERROR',
    words === '' ? `apt-get ended with ${exitCode} and gave no reason.` : `apt-get: ${words}`,
  )
}
