import type { TransactionRequest, Wanted } from '../package-manager.ts'
import type { Installed } from './installed.ts'
import { exactOf, simulate, stanzaOf, type PlanDeps } from './plan.ts'
import type { Step } from './simulation.ts'
import type { Stanza } from './stanzas.ts'
import { partition, type Move, type Side } from './ties.ts'

/**
 * Each group is a run of apt-get of its own, which costs a second or two: 20 groups of 41 packages took six times as
 * long as apt alone. A few places to stop at are enough.
 */
const MOST = 4

/** One request for each patch, in the order in which they were asked for. Anything but patches is one transaction. */
export async function cutRequest(
  request: TransactionRequest,
  installed: Map<string, Installed>,
  deps: PlanDeps,
): Promise<TransactionRequest[]> {
  if (request.operation !== 'patch_apply' || request.packages.length < 2) return [request]
  const steps = await simulate(request, deps)
  const stanzas = await deps.askStanzas({ exact: exactOf(steps) })
  const groups = groupPackages(request.packages, toMoves(steps, stanzas, installed), installed)
  return groups.map((packages) => ({ ...request, packages }))
}

export function groupPackages(
  packages: Wanted[],
  moves: Move[],
  installed: Map<string, Installed>,
): Wanted[][] {
  const present = new Map([...installed].map(([name, one]) => [name, toSide(one)]))
  const parts = new Map(
    partition(moves, present).flatMap((part, at) => part.map(({ name }) => [name, at])),
  )
  // What has nothing to do goes along with the first.
  const first = packages.map(({ name }) => parts.get(name)).find((part) => part !== undefined)
  const groups = Map.groupBy(packages, ({ name }) => parts.get(name) ?? first)
  return merge([...groups.values()])
}

/** Neighbours are put together, until there are few enough. */
function merge(groups: Wanted[][]): Wanted[][] {
  const size = Math.ceil(groups.length / MOST)
  const chunks = Map.groupBy(groups, (group) => Math.floor(groups.indexOf(group) / size))
  return [...chunks.values()].map((chunk) => chunk.flat())
}

const toMoves = (
  steps: Step[],
  stanzas: Map<string, Stanza>,
  installed: Map<string, Installed>,
): Move[] =>
  steps.map((step) => {
    const stanza = stanzaOf(step, stanzas)
    const before = step.version_before === null ? undefined : installed.get(step.name)
    return {
      name: step.name,
      source: stanza?.source ?? before?.source ?? step.name,
      before: before ? toSide(before) : null,
      after: stanza ? toSide(stanza) : null,
    }
  })

type Described = Pick<Stanza, 'version' | 'pre_depends' | 'depends' | 'provides'> &
  Partial<Pick<Stanza, 'breaks'>>

const toSide = ({ version, pre_depends, depends, provides, breaks = '' }: Described): Side => ({
  version,
  needs: [pre_depends, depends].filter(Boolean).join(', '),
  provides,
  breaks,
})
