import { placeOf } from '@linux-patch/shared/contract'
import { managerApi } from '@linux-patch/shared/manager-api'

/** Where signing in by another system begins, to come back to this place on the page. */
export function ssoAddress({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string {
  const query = new URLSearchParams({ return_to: pathname + search })
  return `${placeOf(managerApi.beginSso).path}?${query.toString()}`
}
