import type { TransactionRequest, Wanted } from '../package-manager.ts'
import { readName } from './installed.ts'
import type { Ask } from './program.ts'
import { toAsked } from './request.ts'

/** Each group is a run of dnf of its own, which costs a second or two: a few places to stop at are enough. */
const MOST = 4
/** To ask the solver about each package by itself takes a tenth of a second for each. */
const MOST_ASKED = 100

/** A few requests that can be run one after the other. Anything but patches is one transaction. */
export async function cutRequest(
  request: TransactionRequest,
  ask: Ask,
): Promise<TransactionRequest[]> {
  const { operation, packages } = request
  if (operation !== 'patch_apply' || packages.length < 2 || packages.length > MOST_ASKED)
    return [request]
  const ties = await ask('ties', toAsked(request), 10)
  return groupPackages(packages, ties).map((group) => ({ ...request, packages: group }))
}

/** What would come along with each other stays together; what cannot come alone stays with all the others. */
export function groupPackages(packages: Wanted[], ties: (string[] | null)[]): Wanted[][] {
  if (ties.includes(null)) return [packages]
  const groups: { names: Set<string>; packages: Wanted[] }[] = []
  for (const [at, one] of packages.entries()) {
    const names = new Set([readName(one.name).plain, ...(ties[at] ?? [])])
    const tied = groups.filter((group) => [...names].some((name) => group.names.has(name)))
    const rest = groups.filter((group) => !tied.includes(group))
    const joined = {
      names: new Set([...tied.flatMap((group) => [...group.names]), ...names]),
      packages: [...tied.flatMap((group) => group.packages), one],
    }
    groups.splice(0, groups.length, ...rest, joined)
  }
  return merge(groups.map((group) => group.packages))
}

/** Neighbours are put together, until there are few enough. */
function merge(groups: Wanted[][]): Wanted[][] {
  const size = Math.ceil(groups.length / MOST)
  const chunks = Map.groupBy(groups, (group) => Math.floor(groups.indexOf(group) / size))
  return [...chunks.values()].map((chunk) => chunk.flat())
}
