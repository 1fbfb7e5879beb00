/**
 * Keeps an answer for as long as what it depends on has the same mark. Callers at the same time share one
 * computation, and one that failed is forgotten.
 */
export function keptAnswer<Answer>(
  markNow: () => Promise<string>,
  compute: () => Promise<Answer>,
): () => Promise<Answer> {
  let kept: { mark: string; answer: Promise<Answer> } | undefined
  return async () => {
    // Taken before the computation: what changes while it runs makes the next caller compute again.
    const mark = await markNow()
    if (kept?.mark === mark) return kept.answer
    const mine = { mark, answer: compute() }
    kept = mine
    mine.answer.catch(() => {
      if (kept === mine) kept = undefined
    })
    return mine.answer
  }
}
