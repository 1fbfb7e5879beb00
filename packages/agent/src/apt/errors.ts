import type { LogLine } from '@linux-patch/shared/agent-job'

/** How apt and dpkg begin a line that matters. */
export function levelOf(line: string): LogLine['level'] {
  if (/^(E|Err|Error|dpkg: error)\b/.test(line)) return 'error'
  return /^(W|Warning|dpkg: warning)\b/.test(line) ? 'warning' : 'info'
}

const ECHOES = [
  // dpkg: error processing package nginx (--configure):
  /^dpkg: error processing .*:$/,
  // E: Sub-process /usr/bin/dpkg returned an error code (1)
  /^E: Sub-process \S+ returned an error code/,
  // Err:1 http://mirror.example bookworm/main amd64 nginx all 1.0
  /^Err:\d+ /,
  /^E: Some files failed to download/,
]

/** Whether an error only announces a reason that stands elsewhere, or says that there was one. */
export const isEcho = (error: string) => ECHOES.some((echo) => echo.test(error))
