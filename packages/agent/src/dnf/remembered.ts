import type { Ask } from './program.ts'
import { untilChanged } from './state.ts'

const REMEMBERED = ['state', 'offers', 'plan', 'ties']

/**
 * Asks dnf the same question once, until something changes that it answers by. A transaction is planned for its
 * preview, for its request, by its job and again right before it runs, and Python takes its time to begin.
 */
export function remembered(ask: Ask, root: string): Ask {
  const answers = untilChanged(root, async () => new Map<string, ReturnType<Ask>>())
  return async (question, asked, minutes) => {
    if (!REMEMBERED.includes(question)) return ask(question, asked, minutes)
    const given = await answers()
    const key = JSON.stringify([question, asked])
    const known = given.get(key)
    if (known) return known as ReturnType<typeof ask<typeof question>>

    const answer = ask(question, asked, minutes)
    given.set(key, answer)
    answer.catch(() => given.delete(key))
    return answer
  }
}
