import { z } from 'zod'

const MOST = 5
const LENGTH = 200

/** What is wrong with an input, in one line: `group_ids[0]: Invalid UUID; name: …`, at most five and how many more. */
export function inputWords({ issues }: z.core.$ZodError): string {
  const more = issues.length - MOST
  const words = issues.slice(0, MOST).map(wordsOf)
  return [...words, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** What is wrong with all of it names no field. Names may be the sender's own, as long and odd as he likes. */
function wordsOf({ path, message }: z.core.$ZodIssue): string {
  const words = path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`
  const line = words.replace(/\s+/g, ' ')
  return line.length > LENGTH ? `${line.slice(0, LENGTH - 1)}…` : line
}
