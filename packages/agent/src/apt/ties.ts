import { parseRelations, plainName, type Relation } from './relations.ts'
import { compareVersions } from './versions.ts'

/** A package as it is or as it will be: what it needs and provides, and what cannot be beside it. */
export type Side = { version: string; needs: string; provides: string; breaks: string }
export type Move = { name: string; source: string; before: Side | null; after: Side | null }

type Offer = { name: string; version: string | null }
/** Who offers a name, before or after. */
type Offerers = Map<string, Set<string>>

/**
 * Parts a transaction into those that can be run one after the other. It is known to work as a whole; two of its
 * moves are tied where one of them alone would leave a need unmet, and the packages of one source are always.
 */
export function partition(moves: Move[], present: Map<string, Side>): Move[][] {
  const byName = new Map(moves.map((move) => [move.name, move]))
  const offerers = findOfferers(moves, present)
  const parts = new Map(moves.map(({ name }) => [name, name]))
  const rootOf = (name: string): string => {
    const parent = parts.get(name) ?? name
    return parent === name ? name : rootOf(parent)
  }
  const tie = (one: string, other: string) => parts.set(rootOf(other), rootOf(one))

  for (const group of Map.groupBy(moves, ({ source }) => source).values())
    for (const move of group) tie(group[0]?.name ?? move.name, move.name)
  for (const move of moves) {
    for (const other of tiesOf(move, { byName, present, offerers })) tie(move.name, other)
  }
  return [...Map.groupBy(moves, ({ name }) => rootOf(name)).values()]
}

type World = { byName: Map<string, Move>; present: Map<string, Side>; offerers: Offerers }

/** The moves that this one cannot be made without, and those that cannot be made without this one. */
function tiesOf(move: Move, world: World): string[] {
  const others = (clause: Relation[]) =>
    [...offerersOf(clause, world)].filter((name) => name !== move.name && world.byName.has(name))
  const alone = (name: string) => world.byName.get(name)?.before ?? world.present.get(name) ?? null
  const needed = parseRelations(move.after?.needs ?? '').filter(
    (clause) => !isMet(clause, world, (name) => (name === move.name ? move.after : alone(name))),
  )
  const broken = parseRelations(move.after?.breaks ?? '').filter((clause) =>
    isMet(clause, world, (name) => (name === move.name ? null : alone(name))),
  )
  const kept = parseRelations(move.before?.needs ?? '').flatMap((clause) =>
    others(clause).filter((other) => {
      const after = world.byName.get(other)?.after ?? null
      return !isMet(clause, world, (name) => (name === other ? after : alone(name)))
    }),
  )
  return [...[...needed, ...broken].flatMap(others), ...kept]
}

function isMet(clause: Relation[], world: World, sideOf: (name: string) => Side | null): boolean {
  return [...offerersOf(clause, world)].some((owner) => {
    const side = sideOf(owner)
    const offers = side ? offersOf(owner, side) : []
    return clause.some((relation) => offers.some((offer) => matches(offer, relation)))
  })
}

function matches(offer: Offer, { name, operator, version }: Relation): boolean {
  if (offer.name !== name) return false
  if (operator === null || version === null) return true
  if (offer.version === null) return false
  const order = compareVersions(offer.version, version)
  if (operator === '=') return order === 0
  if (operator === '<<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>>' ? order > 0 : order >= 0
}

function findOfferers(moves: Move[], present: Map<string, Side>): Offerers {
  const offerers: Offerers = new Map()
  const add = (owner: string, side: Side | null) => {
    for (const { name } of side ? offersOf(owner, side) : []) {
      const owners = offerers.get(name) ?? new Set()
      offerers.set(name, owners.add(owner))
    }
  }
  for (const [owner, side] of present) add(owner, side)
  for (const { name, before, after } of moves) {
    add(name, before)
    add(name, after)
  }
  return offerers
}

const offerersOf = (clause: Relation[], { offerers }: World) =>
  new Set(clause.flatMap(({ name }) => [...(offerers.get(name) ?? [])]))

const offersOf = (owner: string, { version, provides }: Side): Offer[] => [
  { name: plainName(owner), version },
  ...parseRelations(provides).flat(),
]
