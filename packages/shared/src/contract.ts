import type { z } from 'zod'
import type { FailureCode } from './failure.ts'
import type { HostOperation, Permission } from './permissions.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * The least a caller must have. `anyone` needs no identity;
 * `host` the host that its certificate names; the agent's endpoints name what the host must allow.
 */
export type Access = 'anyone' | 'host' | Permission | HostOperation

type Status = 200 | 201 | 202 | 204 | 302

/**
 * One thing an API can do. `input` is path, query and body together, each value under one name:
 * GET and DELETE carry it in the query, unless it is secret, the others in the body.
 */
export type Endpoint = {
  /** Below `/api/v1`; `:name` is a part of the path. */
  route: `${Method} /${string}`
  summary: string
  access: Access
  input: z.ZodType<Record<string, unknown>>
  output: z.ZodType
  /**
   * 200 unless said; with 204 the handler's answer is dropped, with 302 it is where the browser is sent.
   * A function where the answer decides.
   */
  status?: Status | ((answer: never) => Status)
  /** The limit it counts against; the servers' configurations say how many a minute. */
  rate?: string
  /** What the caller must have as well, by what he asks for. */
  besides?: (input: never) => Permission | null
  /** What it can answer beside the failures that every endpoint shares. */
  failures?: readonly FailureCode[]
  /** Takes an Idempotency-Key: the same key and body again answers the same and starts nothing. */
  idempotent?: true
  /** Where what was started can be watched. */
  location?: (answer: never) => string
  /** Open to anyone, it is told who calls where a token is sent. */
  optional_caller?: true
  /** Its input travels in the body, also of a DELETE: a secret does not belong in an address, which is logged. */
  secret_input?: true
  /** Its body is a short form, as another system sends it, and no JSON. */
  form?: true
  /** A reply that is not JSON: the handler answers a string of this type. */
  type?: string
  /** A reply that may be long: the handler answers pieces of text, which nobody holds all at once. */
  streamed?: true
  /** Other absolute paths with the same handler. */
  aliases?: readonly `/${string}`[]
}
export type Contract = Record<string, Endpoint>

export const basePath = '/api/v1'

/** What a handler knows about the request beside its input. */
export type Call<Caller = unknown> = {
  caller: Caller
  request_id: string
  idempotency_key: string | null
  /** The address at the other end of the socket; one that a header claims only where a trusted proxy wrote it. */
  peer: string
  /** What the caller says it is, cut short. */
  user_agent: string
  cookies: Record<string, string | undefined>
  /** Headers that the reply shall carry. */
  headers: Record<string, string>
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal
}

/** What a handler is given, once read and checked. */
export type Input<E extends Endpoint> = z.output<E['input']>

/** What a caller of the API gets back. */
export type Answer<E extends Endpoint> = z.output<E['output']>

/** What the API's server must supply: one function per endpoint, no more and no fewer. */
export type Handlers<C extends Contract, Caller> = {
  [Name in keyof C]: (
    input: Input<C[Name]>,
    call: Call<Caller>,
  ) => Promise<Handled<C[Name]>> | Handled<C[Name]>
}

/** What a handler answers. */
type Handled<E extends Endpoint> = E extends { streamed: true }
  ? AsyncIterable<string>
  : z.input<E['output']>

type Sent<E extends Endpoint> = z.input<E['input']>

/** What a caller of the API holds: a function per endpoint. */
export type Client<C extends Contract> = {
  [Name in keyof C]: {} extends Sent<C[Name]>
    ? (input?: Sent<C[Name]>, options?: CallOptions) => Promise<Answer<C[Name]>>
    : (input: Sent<C[Name]>, options?: CallOptions) => Promise<Answer<C[Name]>>
}
export type CallOptions = { idempotency_key?: string; signal?: AbortSignal }

/** A route's method and its path below the host, as Express and OpenAPI both can be given it. */
export function placeOf({ route }: Endpoint): { method: Method; path: string; names: string[] } {
  const [method, below] = route.split(' ') as [Method, string]
  const names = [...below.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  return { method, path: basePath + below, names }
}

/** As what the body of a request is sent. */
export const bodyTypeOf = ({ form }: Endpoint) =>
  form ? 'application/x-www-form-urlencoded' : 'application/json'

/** Whether the input, but for what the path names, travels in the query. */
export const isInQuery = ({ route, secret_input }: Endpoint) =>
  !secret_input && (route.startsWith('GET ') || route.startsWith('DELETE '))
