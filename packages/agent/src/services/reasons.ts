const MOST = 5

/** What announces a reason that stands elsewhere, or only says that there was one. */
const ECHOES = [
  // dpkg: error processing package nginx (--configure):
  /^dpkg: error processing .*:$/,
  // E: Sub-process /usr/bin/dpkg returned an error code (1)
  /^E: Sub-process \S+ returned an error code/,
  // Err:1 http://mirror.example bookworm/main amd64 nginx all 1.0
  /^Err:\d+ /,
  /^E: Some files failed to download/,
]

/** Of all that was called an error, oldest first, what tells why: each once, and the newest few of them. */
export function tellingErrors(errors: string[]): string[] {
  const different = [...new Set(errors)]
  const telling = different.filter((error) => !ECHOES.some((echo) => echo.test(error)))
  return (telling.length > 0 ? telling : different).slice(-MOST)
}
