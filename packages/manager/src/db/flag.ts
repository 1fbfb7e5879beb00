/** Yes or no where it is no event with a time of its own. */
export type Flag = 0 | 1

export const flag = (value: boolean): Flag => (value ? 1 : 0)
export const flagOrNull = (value: boolean | null): Flag | null =>
  value === null ? null : flag(value)
