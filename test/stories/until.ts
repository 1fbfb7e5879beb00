import { setTimeout as wait } from 'node:timers/promises'

/** Asks again and again until there is an answer, and says what was waited for when there is none in time. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false | null>,
  seconds = 60,
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline) throw new Error(`Not in ${seconds} seconds: ${what}`)
    await wait(100)
  }
}
