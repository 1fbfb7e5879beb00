import { z } from 'zod'
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from 'zod-openapi'
import { bodyTypeOf, isInQuery, placeOf, type Contract, type Endpoint } from './contract.ts'
import { failures, type FailureCode } from './failure.ts'

type Components = NonNullable<ZodOpenApiObject['components']>
type SecurityScheme = NonNullable<Components['securitySchemes']>[string]

export type About = {
  info: ZodOpenApiObject['info']
  servers: NonNullable<ZodOpenApiObject['servers']>
  securitySchemes: Record<string, SecurityScheme>
  /** By which of the schemes an endpoint lets its caller in, any of them; none where anyone may call. */
  security: (name: string, endpoint: Endpoint) => Record<string, string[]>[]
  /** What a summary has no room for, by the endpoint's name. */
  descriptions: Record<string, string>
  /** What a success looks like on the wire: bare, or in an envelope. */
  wrap: (answer: z.ZodType) => z.ZodType
  failure: z.ZodType
  /** What every endpoint can answer beside its own failures. */
  everywhere: readonly FailureCode[]
}

/** A contract as an OpenAPI 3.1 document. */
export function openapi(contract: Contract, about: About): Record<string, unknown> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const [name, endpoint] of Object.entries(contract)) {
    const { method, path } = placeOf(endpoint)
    for (const [index, place] of [path, ...(endpoint.aliases ?? [])].entries()) {
      const template = place.replace(/:(\w+)/g, '{$1}')
      const operationId = index === 0 ? name : `${name}Alias${index}`
      const operation = { operationId, ...operationOf(name, endpoint, about) }
      paths[template] = { ...paths[template], [method.toLowerCase()]: operation }
    }
  }
  const { info, servers, securitySchemes } = about
  const components = { securitySchemes }
  return { ...createDocument({ openapi: '3.1.1', info, servers, paths, components }) }
}

function operationOf(name: string, endpoint: Endpoint, about: About): ZodOpenApiOperationObject {
  const { names } = placeOf(endpoint)
  const { shape } = endpoint.input as z.ZodObject
  const entries = Object.entries(shape)
  const inPath = Object.fromEntries(entries.filter(([name]) => names.includes(name)))
  const rest = Object.fromEntries(entries.filter(([name]) => !names.includes(name)))
  const inQuery = isInQuery(endpoint) ? rest : {}
  const hasBody = !isInQuery(endpoint) && Object.keys(rest).length > 0
  const key = z
    .string()
    .max(128)
    .optional()
    .meta({ description: 'Sent again, it starts nothing twice' })

  return {
    summary: endpoint.summary,
    ...(about.descriptions[name] && { description: about.descriptions[name] }),
    security: about.security(name, endpoint),
    requestParams: {
      path: z.object(inPath),
      query: z.object(inQuery),
      ...(endpoint.idempotent && { header: z.object({ 'Idempotency-Key': key }) }),
    },
    ...(hasBody && {
      requestBody: {
        required: true,
        content: { [bodyTypeOf(endpoint)]: { schema: z.strictObject(rest) } },
      },
    }),
    responses: { ...successesOf(endpoint, about), ...failuresOf(endpoint, about) },
    'x-access': endpoint.access,
  }
}

const sentOn = { Location: { schema: { type: 'string' } } } as const

function successesOf(endpoint: Endpoint, about: About) {
  const { status = 200, type = 'application/json', output } = endpoint
  const answer = output instanceof z.ZodOptional ? (output.unwrap() as z.ZodType) : output
  const schema = type === 'application/json' ? about.wrap(answer) : answer
  const content = { [type]: { schema } }
  if (status === 204) return { '204': { description: 'Done' } }
  if (status === 302) return { '302': { description: 'Go on there', headers: sentOn } }
  if (typeof status === 'number') return { [`${status}`]: { description: 'Done', content } }
  if (output.safeParse(undefined).success)
    return {
      '200': { description: 'Done, and what is left', content },
      '204': { description: 'Done' },
    }
  return { '200': { description: 'Decided', content }, '202': { description: 'Not yet', content } }
}

/** The failures by status, each with the codes that travel as it. */
function failuresOf(endpoint: Endpoint, { everywhere, failure }: About) {
  const codes = [...everywhere, ...(endpoint.failures ?? [])]
  const statuses = new Set(codes.map((code) => failures[code].status))
  const answers = [...statuses].map((status) => {
    const alike = codes.filter((code) => failures[code].status === status)
    return [
      `${status}`,
      { description: alike.join(', '), content: { 'application/json': { schema: failure } } },
    ]
  })
  return Object.fromEntries(answers) as Record<string, { description: string }>
}
