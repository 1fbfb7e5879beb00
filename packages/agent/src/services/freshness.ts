import type { Listing } from '../package-manager.ts'
import type { ListStore } from '../store/lists.ts'

/** How old the package lists are. That they could not be fetched stays said until they could. */
export const freshness = (
  { lists_updated_at, lists_failure }: Listing,
  lists: Pick<ListStore, 'failure'>,
) => ({
  lists_updated_at,
  lists_failure: lists.failure() ?? lists_failure,
})
