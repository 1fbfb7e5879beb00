import { MASKED } from '@linux-patch/shared/settings'
import type { Field } from './settings-fields.ts'

/** What the inputs of a section hold: no null among it, and of a secret only what is typed. */
type Typed = Record<string, unknown>

/** The settings of a section, as its inputs show them. */
export const typedOf = (fields: Field[], section: object): Typed =>
  Object.fromEntries(fields.map(({ name, as }) => [name, typed(as, valueIn(section, name))]))

function typed(as: Field['as'], value: unknown): unknown {
  if (as === 'secret') return { text: '', cleared: false }
  if (as === 'role_by_group') return Object.entries(value as Record<string, string>)
  return value ?? ''
}

/** What has to be sent so that the section becomes what the inputs hold: nothing of what did not change. */
export function changesIn(fields: Field[], before: Typed, after: Typed): Record<string, unknown> {
  const changed = fields.filter(({ name }) => !isSame(before[name], after[name]))
  return Object.fromEntries(changed.map(({ name, as }) => [name, sent(as, after[name])]))
}

const isSame = (before: unknown, after: unknown) => JSON.stringify(before) === JSON.stringify(after)

function sent(as: Field['as'], value: unknown): unknown {
  if (as === 'secret') return secretOf(value as Secret)
  if (as === 'role_by_group') return Object.fromEntries(value as [string, string][])
  return value === '' ? null : value
}

export type Secret = { text: string; cleared: boolean }
const secretOf = ({ text, cleared }: Secret) => (text !== '' ? text : cleared ? null : MASKED)

export const valueIn = (section: object, name: string): unknown =>
  (section as Record<string, unknown>)[name]
