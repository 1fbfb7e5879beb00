import {
  bodyTypeOf,
  isInQuery,
  placeOf,
  type CallOptions,
  type Client,
  type Contract,
  type Endpoint,
} from './contract.ts'

export type Outgoing = {
  method: string
  /** Path and query, below the origin. */
  path: string
  headers: Record<string, string>
  body: string | null
  signal: AbortSignal | null
}
export type Incoming = { status: number; body: string }

/** Carries one request over whatever there is: undici with a certificate, or the page's fetch. */
export type Transport = (request: Outgoing) => Promise<Incoming>

/** Takes an answer out of its wrapping, or throws the Failure that it is. */
export type Unwrap = (incoming: Incoming, endpoint: Endpoint) => unknown

/** A function per endpoint of a contract. Replies are checked on the way in: the other side may be hostile. */
export function client<C extends Contract>(
  contract: C,
  send: Transport,
  unwrap: Unwrap,
): Client<C> {
  const calls = Object.entries(contract).map(([name, endpoint]) => [
    name,
    async (input: Record<string, unknown> = {}, options: CallOptions = {}) => {
      const incoming = await send(toRequest(endpoint, input, options))
      return endpoint.output.parse(unwrap(incoming, endpoint))
    },
  ])
  return Object.fromEntries(calls) as Client<C>
}

function toRequest(
  endpoint: Endpoint,
  input: Record<string, unknown>,
  options: CallOptions,
): Outgoing {
  const { method, path, names } = placeOf(endpoint)
  const place = path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(input[name])),
  )
  const rest = Object.entries(input).filter(
    ([name, value]) => !names.includes(name) && value !== undefined,
  )
  const inQuery = isInQuery(endpoint)
  const query = new URLSearchParams(
    inQuery ? rest.map(([name, value]) => [name, String(value)]) : [],
  )
  const body = inQuery ? null : bodyOf(endpoint, rest)

  return {
    method,
    path: query.size > 0 ? `${place}?${query.toString()}` : place,
    headers: {
      accept: endpoint.type ?? 'application/json',
      ...(body !== null && { 'content-type': bodyTypeOf(endpoint) }),
      ...(options.idempotency_key && { 'idempotency-key': options.idempotency_key }),
    },
    body,
    signal: options.signal ?? null,
  }
}

/** What is sent, as the endpoint takes it. */
export const bodyOf = ({ form }: Endpoint, entries: [string, unknown][]): string =>
  form
    ? new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()
    : JSON.stringify(Object.fromEntries(entries))
