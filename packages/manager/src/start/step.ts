import { Failure } from '@linux-patch/shared/failure'

/** One step of the start. What it needs of the machine may be missing: that is said in a sentence. */
export async function step<Result>(
  otherwise: string,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('unavailable', `${otherwise}: ${reasonOf(cause)}`, { cause })
  }
}

/** The sentences of an error and its causes. Of several addresses tried in vain there is only a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code = '' } = error as NodeJS.ErrnoException
  const said = error.message || code
  return error.cause === undefined ? said : `${said} ${reasonOf(error.cause)}`
}
