import { builtInRoles } from '@linux-patch/shared/permissions'

/** The roles to choose from: all, or for who may not read them, the built-in ones and the one that is `held` now. */
export function roleChoices(all: { name: string }[] | undefined, held?: string): string[] {
  if (all) return all.map(({ name }) => name)
  return [...new Set([...Object.keys(builtInRoles), ...(held ? [held] : [])])]
}
