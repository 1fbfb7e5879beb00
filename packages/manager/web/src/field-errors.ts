import { Failure } from '@linux-patch/shared/failure'
import { z } from 'zod'

const Fields = z.array(z.object({ field: z.string(), message: z.string() }))

/** What the manager says is wrong with each field, by the name of the input; nothing where it speaks of none. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Failure)) return {}
  const { data = [] } = Fields.safeParse(error.details.fields)
  const messages = Map.groupBy(data, ({ field }) => field)
  return Object.fromEntries(
    [...messages].map(([field, said]) => [
      field,
      said.map(({ message }) => capital(message)).join('; '),
    ]),
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
