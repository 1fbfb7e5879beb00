export type Sent = string | Record<string, unknown>
export type Endpoint = {
  ask: string
  /** A body that has no more than it must have. */
  body?: Record<string, unknown>
  /** What the service is given where nothing more is said. */
  usual: Record<string, unknown>
  /** A query and what it becomes, or a body and what is added to the usual. */
  takes: [sent: Sent, received: Record<string, unknown>][]
  /** A query or a body, and the field that is named for it. */
  refuses: [sent: Sent, field: string][]
}

export const long = (length: number) => 'a'.repeat(length)
export const each = (name: string, values: string[]): Endpoint['takes'] =>
  values.map((value) => [`${name}=${value}`, { [name]: value }])
export const none = (name: string, values: string[]): Endpoint['refuses'] =>
  values.map((value) => [`${name}=${value}`, name])

/** Of every list: asked for with 1 to 1000 at once, 100 where nothing is said. */
export const paging = {
  usual: { limit: 100, offset: 0 },
  takes: [
    ['limit=1', { limit: 1 }],
    ['limit=1000', { limit: 1000 }],
    ['offset=0', { offset: 0 }],
    ['offset=999999999', { offset: 999_999_999 }],
    ...each('order', ['asc', 'desc']),
  ] satisfies Endpoint['takes'],
  refuses: [
    ...none('limit', ['0', '1001', '-1', '1.5', '1e2', 'x', '', '%201', '99999999999']),
    ...none('offset', ['-1', '0.5', 'x', '']),
    ...none('order', ['up', 'ASC', '']),
    ['limit=1&limit=2', 'limit'],
    ['nonsense=1', ''],
  ] satisfies Endpoint['refuses'],
}
