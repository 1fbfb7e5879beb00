/**
 * Text as both engines can keep it. PostgreSQL has no NUL, UTF-8 has no half of a pair; a hostile host
 * sends both, and must not stop its job from being recorded by doing so.
 */
export const storable = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value
