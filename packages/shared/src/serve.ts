import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import {
  bodyTypeOf,
  isInQuery,
  placeOf,
  type Call,
  type Contract,
  type Endpoint,
  type Handlers,
} from './contract.ts'
import { Failure, type FailureCode } from './failure.ts'
import { inputWords } from './input-words.ts'
import type { Permission } from './permissions.ts'
import { readCookies } from './cookies.ts'

/** Says who is calling, or throws the failure that the caller shall see. */
export type Admit<Caller> = (request: Request, endpoint: Endpoint) => Promise<Caller> | Caller

/** How an API words what `serve` finds wrong by itself, and how it wraps what it answers. */
type Manners = {
  badRequest: FailureCode
  wrap: (requestId: string, answer: unknown) => unknown
}

/** Says whether what somebody asks for lies within his rights, or throws the failure that he shall see. */
export type Permit<Caller> = (permission: Permission, call: Call<Caller>) => Promise<void>

export type Serving<C extends Contract, Caller> = {
  contract: C
  handlers: Handlers<C, Caller>
  admit: Admit<Caller>
  /** Asked once more when a body has come: that takes as long as its sender wants, who may be shut out meanwhile. */
  admitAgain?: Admit<Caller>
  /** Asked where an endpoint names a permission by its input. */
  permit?: Permit<Caller>
  manners: Manners
}

const BODY_LIMIT = 1024 * 1024
const FORM_LIMIT = 16 * 1024
const USER_AGENT_LENGTH = 300

/** Binds every endpoint to its handler: admit the caller, read the input, act, check the answer, reply. */
export function serve<C extends Contract, Caller>(router: Router, serving: Serving<C, Caller>) {
  // The caller is admitted before the first byte of a body is read.
  const readJson = refusingLong(express.json({ limit: BODY_LIMIT, strict: true }), BODY_LIMIT)
  const form = { limit: FORM_LIMIT, extended: false, parameterLimit: 20 }
  const readForm = refusingLong(express.urlencoded(form), FORM_LIMIT)

  for (const [name, endpoint] of Object.entries(serving.contract)) {
    const { method, path } = placeOf(endpoint)
    const handle = serving.handlers[name] as (
      input: unknown,
      call: Call<Caller>,
    ) => Promise<unknown>
    const admitCaller: RequestHandler = async (request, response, next) => {
      response.locals.caller = await serving.admit(request, endpoint)
      next()
    }
    const admitAgain: RequestHandler = async (request, response, next) => {
      if (serving.admitAgain && request.body !== undefined)
        response.locals.caller = await serving.admitAgain(request, endpoint)
      next()
    }
    const act: RequestHandler = async (request, response) => {
      const call = callOf<Caller>(request, response)
      const input = read(endpoint, request, serving.manners.badRequest)
      const besides = endpoint.besides?.(input as never)
      if (besides) await permitOf(serving)(besides, call)
      const answer = await handle(input, call)
      if (endpoint.streamed) await send(response, endpoint, call, answer as AsyncIterable<string>)
      else reply(response, endpoint, serving.manners, call, answer)
    }
    const verb = method.toLowerCase() as Lowercase<typeof method>
    for (const place of [path, ...(endpoint.aliases ?? [])])
      router[verb](place, admitCaller, endpoint.form ? readForm : readJson, admitAgain, act)
  }
}

/** A permission that nobody looks at must not pass for one that was granted. */
function permitOf<Caller>({ permit }: { permit?: Permit<Caller> }): Permit<Caller> {
  if (permit) return permit
  throw new Error('An endpoint names a permission by its input, and nothing judges it.')
}

/** Express reads a body that is too long to its end before it says so: here that is said at once. */
const refusingLong =
  (readBody: RequestHandler, limit: number): RequestHandler =>
  (request, response, next) => {
    let isRefused = false
    const refuse = () => {
      if (isRefused) return
      isRefused = true
      response.set('Connection', 'close')
      next(Object.assign(new Error('request entity too large'), tooLarge))
    }
    if (Number(request.get('content-length') ?? 0) > limit) return refuse()
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) refuse()
    })
    readBody(request, response, (error) => isRefused || next(error))
  }
const tooLarge = { status: 413, type: 'entity.too.large' }

/** Gives every request its id before anything else looks at it. */
export const nameRequest: RequestHandler = (_request, response, next) => {
  response.locals.requestId = randomUUID()
  response.setHeader('X-Request-Id', response.locals.requestId)
  next()
}

function callOf<Caller>(request: Request, response: Response): Call<Caller> {
  return {
    caller: response.locals.caller as Caller,
    request_id: response.locals.requestId as string,
    idempotency_key: request.get('idempotency-key') ?? null,
    peer: peerOf(request),
    user_agent: (request.get('user-agent') ?? '').slice(0, USER_AGENT_LENGTH),
    cookies: readCookies(request.get('cookie')),
    headers: {},
    signal: untilLeft(response),
  }
}

function untilLeft(response: Response): AbortSignal {
  const left = new AbortController()
  response.on('close', () => left.abort(new Error('Nobody waits for the answer any more.')))
  return left.signal
}

/**
 * Who asks: the other end of the socket, or, where that is a proxy that Express was told to trust, whom it names.
 * Where one socket listens for both families, IPv4 comes as `::ffff:192.0.2.1`.
 */
export const peerOf = ({ ip = '', socket }: Pick<Request, 'ip' | 'socket'>): string =>
  (isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip).replace(/^::ffff:(?=\d+\.)/, '')

/** Path, query and body as one input. A value has one place: what stands in two is refused. */
function read(endpoint: Endpoint, request: Request, code: FailureCode): unknown {
  const query = { ...request.query }
  if (request.body === undefined && hasBody(request))
    throw new Failure(code, `The body must be sent as ${bodyTypeOf(endpoint)}.`, {
      details: { reason: 'unsupported_media_type' },
    })
  const body: unknown = request.body ?? {}
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Failure(code, 'The body must be a JSON object.')

  const [sent, stray] = isInQuery(endpoint) ? [query, body] : [body, query]
  const misplaced = [
    ...Object.keys(stray),
    ...Object.keys(request.params).filter((name) => Object.hasOwn(sent, name)),
  ]
  if (misplaced.length > 0)
    throw new Failure(code, `Not expected there: ${misplaced.join(', ')}.`, {
      details: { fields: misplaced },
    })
  if (request.get('idempotency-key') !== undefined) readKey(request, code)

  const { success, data, error } = endpoint.input.safeParse({ ...sent, ...request.params })
  if (success) return data
  const fields = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))
  throw new Failure(code, inputWords(error), { details: { fields } })
}

/** What is of another type is not read, and must not pass for an empty body: to some calls that means "all". */
const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function readKey(request: Request, code: FailureCode) {
  if (!/^[\w.:-]{1,128}$/.test(request.get('idempotency-key') ?? ''))
    throw new Failure(code, 'Idempotency-Key must be 1 to 128 letters, digits or . _ : -')
}

function reply(
  response: Response,
  endpoint: Endpoint,
  manners: Manners,
  call: Call,
  answer: unknown,
) {
  const checked = endpoint.output.parse(answer) // keeps back whatever the contract does not promise
  const status = statusFor(endpoint, checked)
  response.set(call.headers).status(status)
  if (status === 204) return void response.end()
  if (status === 302) return void response.location(String(checked)).end()
  if (endpoint.location)
    response.location((endpoint.location as (answer: unknown) => string)(checked))
  if (endpoint.type) return void response.type(endpoint.type).send(checked)
  response.json(manners.wrap(call.request_id, checked))
}

/** As fast as it is read at the other end. One that is cut short is not ended, so that it cannot pass for whole. */
async function send(
  response: Response,
  { type = 'text/plain' }: Endpoint,
  { headers, signal }: Call,
  pieces: AsyncIterable<string>,
) {
  response.type(type).set(headers)
  try {
    await pipeline(Readable.from(pieces), response)
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
}

function statusFor({ status = 200 }: Endpoint, answer: unknown): number {
  return typeof status === 'function' ? (status as (answer: unknown) => number)(answer) : status
}
