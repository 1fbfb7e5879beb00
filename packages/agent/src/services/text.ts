const LONGEST = 2000

const ESCAPE = '\u001b'
/** Colours and other orders to a terminal. */
const ORDERS = new RegExp(`${ESCAPE}\\[[0-9;:?]*[ -/]*[@-~]`, 'g')
/** What would move the cursor, end a line early or turn the direction of reading round. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu

/**
 * Makes text that a package printed fit to travel and to be shown: whole characters on one line of bounded length.
 * It is still not trusted; who shows it escapes it.
 */
export function harmless(text: string): string {
  const plain = text
    .toWellFormed()
    .slice(0, LONGEST * 4)
    .replaceAll(ORDERS, '')
    .replaceAll('\t', ' ')
    .replaceAll(HARMFUL, '\ufffd')
    .trimEnd()
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST).toWellFormed()}…` : plain
}

/** `1 change`, `2 changes`. */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

/** Names for a sentence; of many, only the first. */
export function nameSome(names: string[], most = 10): string {
  const rest = names.length - most
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
