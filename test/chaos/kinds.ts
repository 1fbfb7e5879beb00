import { PHASES, TROUBLES, type Trouble } from './draws.ts'
import { brokenIn } from './state.ts'
import { ORDER } from './trouble.ts'
import type { Tally } from './tally.ts'
import type { Past } from './world.ts'

const OPERATIONS = ['install', 'update', 'remove', 'patch_apply', 'rollback']
const ACTIONS = ['install', 'upgrade', 'downgrade', 'remove']
export const ENDS = ['completed', 'failed', 'cancelled']
const ODDITIES = ['refused', 'stopped half-way', 'left broken', 'repaired']

/** Counts what a transaction was, by what became of it. */
export function countPast(tally: Tally, { job, before, after }: Past) {
  tally.count('transactions', job.operation)
  tally.count('transactions', job.status)
  const changes = job.result?.changes ?? []
  const done = changes.filter(({ outcome }) => outcome === 'done').map(({ action }) => action)
  for (const action of new Set(done)) tally.count('changes', action)
  if (job.status === 'cancelled' && done.length > 0) tally.count('transactions', 'stopped half-way')
  if (brokenIn(after).length > 0) tally.count('transactions', 'left broken')
  else if (brokenIn(before).length > 0) tally.count('transactions', 'repaired')
}

/** The two tables of what happened. */
export const tablesOf = (tally: Tally): string =>
  [
    tally.table([...TROUBLES], ['asked', ...ORDER.slice(0, -1)]),
    tally.table(['transactions'], [...OPERATIONS, ...ENDS, ...ODDITIES]),
    tally.table(['changes'], ACTIONS),
  ].join('\n\n')

/** Kinds that have to be met before a long run may say that nothing goes wrong, and were not. */
export function missingKinds(tally: Tally): string[] {
  const troubles = TROUBLES.flatMap((trouble: Trouble) => PHASES.map((phase) => [trouble, phase]))
  const kinds = [
    ...troubles,
    ['killed', 'asked'],
    ['restarted', 'asked'],
    ...[...OPERATIONS, ...ENDS, ...ODDITIES].map((kind) => ['transactions', kind]),
    ...ACTIONS.map((action) => ['changes', action]),
  ]
  return kinds
    .filter(([what = '', how = '']) => tally.get(what, how) === 0)
    .map((kind) => kind.join(' '))
}
