import { z } from 'zod'

/** A whole number as a query carries it, or as a program passes it. */
export const whole = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number),
])

/** Yes or no as a query carries it, or as a program passes it. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((text) => text === 'true'),
])

/** How much of a list to answer, and from where. What is out of bounds is refused, never clamped. */
export const Paging = {
  limit: whole.pipe(z.number().int().min(1).max(1000)).default(100),
  offset: whole.pipe(z.number().int().min(0)).default(0),
}
export type Paging = { limit: number; offset: number }

export const Order = z.enum(['asc', 'desc'])
export type Order = z.infer<typeof Order>

/** The part of every list's answer that says which part of the list it is; `total` counts what the filter lets through. */
export const Page = {
  total: z.number().int().min(0),
  limit: z.number().int().min(1),
  offset: z.number().int().min(0),
}

export const cut = <Item>(items: Item[], { limit, offset }: Paging): Item[] =>
  items.slice(offset, offset + limit)

export type SortKey = string | number | null

/** Sorts by a key; what has none comes last either way, and equal keys keep their order. */
export function sortBy<Item>(items: Item[], key: (item: Item) => SortKey, order: Order): Item[] {
  const sign = order === 'asc' ? 1 : -1
  return items.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)]
    if (left === right) return 0
    if (left === null) return 1
    if (right === null) return -1
    return left < right ? -sign : sign
  })
}
