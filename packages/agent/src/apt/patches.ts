import type { Patch } from '@linux-patch/shared/patch'
import type { Advisory } from '../advisories/advisory.ts'
import type { Run } from '../run.ts'
import { findAdvised, type Past } from './advisory-patches.ts'
import type { Solution } from './blocked.ts'
import { changelogs } from './changelogs.ts'
import { pastOf } from './past.ts'
import { findPending } from './pending.ts'
import { remember } from './remember.ts'
import type { Solver } from './solver.ts'
import { groupBySource, toSourcePatch } from './source-patches.ts'
import type { AskStanzas, Stanza } from './stanzas.ts'
import type { Known } from './updates.ts'

type Deps = {
  run: Run
  askStanzas: AskStanzas
  root: string
  solver: Pick<Solver, 'whenKnown'>
  /** What the manager has sent; empty where it has sent nothing. */
  advisories: () => Promise<Advisory[]>
}

/** A host's patches: first the advisories that are about it, then the updates that none of them accounts for. */
export function patchFinder(deps: Deps): (known: Known) => Promise<Patch[]> {
  const changelogsOf = changelogs(deps)
  const askPast = pastOf(deps.root)
  const stanzas = once(candidates(deps))
  const sort = remember(sortUpdates)
  return async (known) => {
    const [offered, solution, advisories, past] = await Promise.all([
      stanzas(known),
      deps.solver.whenKnown(known),
      deps.advisories(),
      askPast(),
    ])
    const { advised, groups } = sort({ known, stanzas: offered, solution, advisories, past })
    const told = await changelogsOf(
      groups.map(({ members }) => members.flatMap(({ stanza }) => stanza ?? [])),
    )
    return [...advised, ...groups.map((group, at) => toSourcePatch(group, told[at] ?? []))]
  }
}

type Sources = {
  known: Known
  stanzas: Map<string, Stanza>
  solution: Solution | null
  advisories: Advisory[]
  past: Past
}

function sortUpdates({ known, stanzas, solution, advisories, past }: Sources) {
  const pending = findPending(known, stanzas, solution)
  const { patches, claimed } = findAdvised(advisories, known, { pending, past })
  const others = pending.filter(({ installed }) => !claimed.has(installed.name))
  return { advised: patches, groups: groupBySource(others) }
}

type Ask = (known: Known) => Promise<Map<string, Stanza>>

const candidates =
  ({ askStanzas }: Deps): Ask =>
  ({ updates }) =>
    askStanzas({ exact: [...(updates ?? [])].map(([name, { version }]) => `${name}=${version}`) })

/** Once for each state of the host, and again where it went wrong. */
function once(ask: Ask): Ask {
  let kept: { of: Known; answer: ReturnType<Ask> } | undefined
  return (known) => {
    if (kept?.of === known) return kept.answer
    const mine = { of: known, answer: ask(known) }
    kept = mine
    mine.answer.catch(() => {
      if (kept === mine) kept = undefined
    })
    return mine.answer
  }
}
