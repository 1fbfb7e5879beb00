import { z } from 'zod'
import { store } from './store.ts'

/** By what somebody can prove here who he is. */
const Method = z.enum(['password', 'code'])
export type Method = z.infer<typeof Method>
const Methods = z.array(Method).min(1).catch(['password'])

type Question = PromiseWithResolvers<boolean> & { methods: Method[] }

/** Whether somebody can prove it only by signing in again elsewhere. */
export const isBySso = (methods: unknown) => Array.isArray(methods) && methods.includes('sso')

/** Open while the person is asked to prove once more who he is. */
const question = store<Question | null>(null)

/**
 * Asks him, by what the manager says that he can prove it; answers whether he did. Who asks while the question is open
 * gets the same answer. Somebody who can only sign in again, elsewhere, is not asked.
 */
export function askForProof(methods: unknown): Promise<boolean> {
  if (isBySso(methods)) return Promise.resolve(false)
  const open = question.get() ?? {
    ...Promise.withResolvers<boolean>(),
    methods: Methods.parse(methods),
  }
  question.set(open)
  return open.promise
}

/** He proved it, or would not. */
export function answerProof(proved: boolean) {
  question.get()?.resolve(proved)
  question.set(null)
}

/** By what the person is asked to prove it; null while he is not. */
export const useProofAsked = () => question.use()?.methods ?? null
