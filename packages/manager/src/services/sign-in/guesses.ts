/** Longer ones are judged by their beginning: who has so many letters to guess is told nothing by the rest. */
const JUDGED_LENGTH = 64

type Judge = { check: (password: string, words: string[]) => { score: number } }
let judge: Promise<Judge> | undefined

/**
 * Whether a million guesses find a password that is on the list of common ones, or made of those, of `words`, of
 * repetitions, dates and rows of keys. The list is read when it is first needed, and takes about 30 MiB then.
 */
export async function isEasyToGuess(password: string, words: string[]): Promise<boolean> {
  const { score } = (await (judge ??= open())).check(password, words)
  return score < 2
}

async function open(): Promise<Judge> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: JUDGED_LENGTH })
}
