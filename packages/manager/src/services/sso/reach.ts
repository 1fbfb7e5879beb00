import type { Stores } from '../../db/open.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import { reachOf, refuseBeyond } from '../people/covers.ts'
import { isOtherThan, type Draft } from '../settings/drafts.ts'

/** Whose word it is that counts. Whoever could choose that could come in as anybody who is here. */
const party = ['issuer', 'client_id', 'link_by_verified_email'] as const
/** What that word gives to whom. */
const gift = ['enabled', 'create_users', 'default_role', 'groups_claim', 'role_by_group'] as const

type Kept = Draft<'oidc'>['after']

/** Nobody lets single sign-on give, to himself or to others, what he could not give by his own hand. */
export async function refuseReach(
  { before, after }: Pick<Draft<'oidc'>, 'before' | 'after'>,
  { roles }: Pick<Stores, 'roles'>,
  call: ManagerCall,
): Promise<void> {
  const isOther = (name: keyof Kept) => isOtherThan(before[name], after[name])
  const isOtherParty = party.some(isOther)
  if (!isOtherParty && !gift.some(isOther)) return
  const names = [...rolesIn(before), ...rolesIn(after)]
  if (isOtherParty)
    for (const { name, user_count } of await roles.list()) if (user_count > 0) names.push(name)
  for (const rights of (await roles.rightsOfThese(names)).values())
    refuseBeyond(personOf(call), reachOf(rights), 'Single sign-on gives, or would give,')
}

const rolesIn = ({ role_by_group, default_role }: Kept): string[] => [
  ...Object.values(role_by_group),
  ...(default_role === null ? [] : [default_role]),
]
