import type { Running } from './running.ts'

const MOST = 5

/** Why a job failed, as far as the package manager said it after a line of the log. */
export const reasonsOf = (
  { store, packageManager }: Pick<Running, 'store' | 'packageManager'>,
  job_id: string,
  after = 0,
) => tellingErrors(store.lastErrors(job_id, 100, after), packageManager.isEcho)

/** Of all that was called an error, oldest first, what tells why: each once, and the newest few of them. */
export function tellingErrors(errors: string[], isEcho: (error: string) => boolean): string[] {
  const different = [...new Set(errors.map((error) => error.trim()))]
  const telling = different.filter((error) => !isEcho(error))
  return (telling.length > 0 ? telling : different).slice(-MOST)
}
