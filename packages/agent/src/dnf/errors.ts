import type { LogLine } from '@linux-patch/shared/agent-job'

/** rpm only warns of a scriptlet that failed after its package was unpacked, yet that package is broken then. */
const ERRORS = [
  // Error: Failed to download metadata for repo 'lab': Cannot download repomd.xml
  // error: %prein(lab-failpre-2.0-1.noarch) scriptlet failed, exit status 7
  /^error\b/i,
  // warning: %post(lab-fail-2.0-1.noarch) scriptlet failed, exit status 7
  /^warning: %\w+\(\S+\) scriptlet failed/,
  //   - Status code: 404 for http://mirror.example/repodata/repomd.xml (IP: 192.0.2.1)
  /^ *- (Status code|Curl error)\b/,
  //  From       : /etc/pki/rpm-gpg/RPM-GPG-KEY-lab, of a key that dnf would accept if it were told to: it never is
  /^ (Fingerprint|From) *: /,
]

/** How dnf and rpm begin a line that matters. */
export function levelOf(line: string): LogLine['level'] {
  if (ERRORS.some((error) => error.test(line))) return 'error'
  return /^warning\b/i.test(line) ? 'warning' : 'info'
}

const ECHOES = [
  // Error in POSTIN scriptlet in rpm package lab-fail
  /^Error in \w+ scriptlet in rpm package /,
  // Error: lab-hello-1.1-1.noarch.rpm: No more mirrors to try - All mirrors were already tried without success
  /^Error: \S+: No more mirrors to try/,
  // Error: lab-hello-1.1-1.noarch: Cannot download, all mirrors were already tried without success
  /^Error: \S+: Cannot download, all mirrors/,
  // Error: lab-base-0:1.0-1.noarch: Not finished - interrupted by error: Cannot download packages/lab-hello-1.1-1.noarch.rpm
  /^Error: \S+: Not finished - interrupted by error: /,
  // Error: Failed to download packages
  /^Error: Failed to download packages$/,
  // Error: Rpm transaction failed.
  /^Error: Rpm transaction failed\.$/,
]

/** Whether an error only announces a reason that stands elsewhere, or says that there was one. */
export const isEcho = (error: string) => ECHOES.some((echo) => echo.test(error))
