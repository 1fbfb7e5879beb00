import { isSsoProblem, ssoProblems } from '@linux-patch/shared/sso'

/** What SSO told the page in its address: a code to trade for tokens, or why it let nobody in. */
export type Returned = { handoff_code: string | null; problem: string | null }
export const notReturned: Returned = { handoff_code: null, problem: null }

/** Reads it, and the address without it: there it must not stay, for a reload would tell it again. */
export function readReturn(href: string): Returned & { rest: string } {
  const address = new URL(href)
  const handoff_code = address.searchParams.get('handoff')
  const problem = address.searchParams.get('sso_error')
  address.searchParams.delete('handoff')
  address.searchParams.delete('sso_error')
  return {
    handoff_code,
    problem: problem === null ? null : wordsFor(problem),
    rest: address.pathname + address.search + address.hash,
  }
}

const wordsFor = (problem: string) =>
  isSsoProblem(problem) ? ssoProblems[problem] : 'The sign-in service did not let you in.'
