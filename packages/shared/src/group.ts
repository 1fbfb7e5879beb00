import { z } from 'zod'

/** How a group is called wherever a host is shown. */
export const GroupName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'must not have control characters')

/** A group as a host or a join code names it. */
export const GroupReference = z
  .object({ id: z.uuid(), name: z.string() })
  .meta({ id: 'GroupReference' })
export type GroupReference = z.infer<typeof GroupReference>

export const GroupDescription = z.string().max(500)

export const Group = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    /** Managed hosts in it. */
    host_count: z.number().int(),
    /** People who take care of them. */
    user_count: z.number().int(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Group' })
export type Group = z.infer<typeof Group>
