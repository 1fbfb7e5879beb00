/** Gives the last answer again while each thing that it was made from is the very same. */
export function remember<Inputs extends object, Answer>(
  make: (inputs: Inputs) => Answer,
): (inputs: Inputs) => Answer {
  let last: { parts: Map<string, unknown>; answer: Answer } | undefined
  return (inputs) => {
    const parts = new Map<string, unknown>(Object.entries(inputs))
    const isSame = [...parts].every(([name, part]) => last?.parts.get(name) === part)
    if (!last || !isSame) last = { parts, answer: make(inputs) }
    return last.answer
  }
}
