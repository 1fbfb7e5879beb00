import type { Progress } from '../package-manager.ts'

/**
 * Reads one line of APT::Status-Fd:
 *
 *     pmstatus:lab-hello:98.7654:Installed lab-hello (amd64)
 *     kind     subject   percent text
 *     dlstatus:5:83.9746:Retrieving file 5 of 20
 *     pmerror:/var/cache/apt/archives/lab-big_2.0_all.deb:20.0000:cannot copy extracted data: No space left on device
 *     pmconffile:/etc/lab-conf.conf:40.0000:'/etc/lab-conf.conf' '/etc/lab-conf.conf.dpkg-new' 1 1
 *
 * The subject is a package, a file in the cache of archives, a path or the number of a download.
 */
const LINE =
  /^(?<kind>dlstatus|pmstatus|pmerror|pmconffile):(?<subject>.*?):(?<percent>\d+(?:\.\d+)?):(?<text>.*)$/

export function readProgress(line: string): Progress | undefined {
  const { kind, subject = '', percent, text = '' } = LINE.exec(line)?.groups ?? {}
  if (!kind) return undefined
  return {
    percent: Math.min(100, Number(percent)),
    message: messageOf(kind, subject, text),
    is_download: kind === 'dlstatus',
    failed_package: kind === 'pmerror' ? packageOf(subject) : null,
  }
}

function messageOf(kind: string, subject: string, text: string): string {
  if (kind === 'pmconffile') return `${subject} was changed on this host and is kept as it is`
  return kind === 'pmerror' ? `${packageOf(subject)}: ${text}` : text
}

/** `/var/cache/apt/archives/lab-big_2.0_all.deb` is lab-big, which had no name yet when it failed to unpack. */
const packageOf = (subject: string) =>
  subject.startsWith('/') ? (/([^/_]+)_[^/]*$/.exec(subject)?.[1] ?? subject) : subject
