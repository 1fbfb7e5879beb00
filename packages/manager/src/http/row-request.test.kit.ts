import { bodyOf } from '@linux-patch/shared/client'
import { bodyTypeOf, isInQuery, placeOf, type Endpoint } from '@linux-patch/shared/contract'
import type { Stage } from './access-stage.test.kit.ts'
import { bearer } from './asker.test.kit.ts'

export type RowInput = Record<string, unknown>
type How = { token?: string | undefined; headers?: Record<string, string>; place?: string }

/** For tests only: asks for an endpoint with an input, at its own path or another one, however odd the input is. */
export async function askFor(
  on: Pick<Stage, 'ask'>,
  endpoint: Endpoint,
  input: RowInput,
  { token, headers, place }: How = {},
) {
  const { method, path, names } = placeOf(endpoint)
  const inPath = (place ?? path).replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(input[name])),
  )
  const rest = Object.entries(input).filter(([name]) => !names.includes(name))
  const inQuery = isInQuery(endpoint)
  const query = inQuery
    ? new URLSearchParams(rest.map(([name, value]) => [name, String(value)])).toString()
    : ''
  const body = inQuery ? {} : { body: bodyOf(endpoint, rest) }
  const type = inQuery ? {} : { 'content-type': bodyTypeOf(endpoint) }
  return on.ask(method, `${inPath}${query && `?${query}`}`, {
    headers: { ...type, ...bearer(token), ...headers },
    ...body,
  })
}
