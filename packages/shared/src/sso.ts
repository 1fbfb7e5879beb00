import { z } from 'zod'

/** What the sign-in page shows of single sign-on. */
export const SsoConfig = z
  .object({
    enabled: z.boolean(),
    display_name: z.string(),
    /** Where the browser begins. */
    auth_url: z.string(),
  })
  .meta({ id: 'SsoConfig' })
export type SsoConfig = z.infer<typeof SsoConfig>

/** What is left to do for whoever has signed out here. */
export const SignedOut = z
  .object({
    /** Where the browser goes to end the session at the provider too. */
    sign_out_url: z.url({ protocol: /^https?$/ }),
  })
  .meta({ id: 'SignedOut' })
export type SignedOut = z.infer<typeof SignedOut>

/**
 * Why single sign-on let somebody not in, as the page is told in `?sso_error=`, and what it says of it.
 * Of what the provider itself said nothing is shown: whoever makes up a link could make that up too.
 */
export const ssoProblems = {
  expired:
    'This sign-in has expired, was begun in another browser, or was used before. Begin again.',
  provider_unavailable:
    'The sign-in service does not answer. Try again, or sign in with a password.',
  refused_by_provider: 'The sign-in service did not let you in.',
  answer_refused:
    'The answer of the sign-in service is not valid. An administrator can find the reason in the log.',
  no_account: 'There is no account for you here. Ask an administrator for one.',
  account_exists:
    'An account with your mail address exists, but is not tied to the sign-in service. Sign in with its password.',
  no_role: 'None of your groups gives you a role here. Ask an administrator.',
  groups_unknown:
    'The sign-in service did not say which groups you are in. An administrator can find the reason in the log.',
  disabled: 'Your account is disabled.',
} as const satisfies Record<string, string>
export type SsoProblemCode = keyof typeof ssoProblems

export const isSsoProblem = (code: string): code is SsoProblemCode =>
  Object.hasOwn(ssoProblems, code)

const HERE = 'https://manager.invalid'

/** A place on the page, below this very origin: what names another one, in whatever way, is none. */
export const LocalPath = z
  .string()
  .max(1000)
  .refine(isLocal, 'must be a path of this page, such as /hosts')

function isLocal(text: string): boolean {
  // Browsers take a backslash for a slash, and leave out tabs and line ends.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) || !URL.canParse(text, HERE)) return false
  const { origin, pathname } = new URL(text, HERE)
  return origin === HERE && !pathname.startsWith('//') && !/^\/(api|\.well-known)\//.test(pathname)
}

/** A local path with something more in its query. */
export function withQuery(path: string, more: Record<string, string>): string {
  const url = new URL(path, HERE)
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value)
  return url.pathname + url.search + url.hash
}
