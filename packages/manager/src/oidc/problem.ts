import type { SsoProblemCode } from '@linux-patch/shared/sso'

/** Why somebody whom another system vouches for is not let in. The code goes to the page, the cause to the log. */
export class SsoProblem extends Error {
  override readonly name = 'SsoProblem'
  readonly code: SsoProblemCode

  constructor(code: SsoProblemCode, options?: ErrorOptions) {
    super(`Single sign-on ended with ${code}.`, options)
    this.code = code
  }
}

const LENGTH = 500

/** What went wrong in words that may be logged: the library's errors carry whole answers, with tokens in them. */
export function whyOf(error: unknown): string {
  const words: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) words.push(at.message, ...saidBy(at))
  return words.join(' ').slice(0, LENGTH)
}

/** The provider's own code, and the claim that is not what it should be. */
const saidBy = (error: Error) =>
  ['error', 'error_description']
    .flatMap((name) => named(error, name))
    .concat(named(error.cause, 'claim'))

function named(value: unknown, name: string): string[] {
  const said = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof said === 'string' ? [`(${name}: ${said})`] : []
}
