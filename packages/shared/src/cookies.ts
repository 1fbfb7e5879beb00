/** The cookies of a request by name. Values are taken as they stand: ours need no decoding. */
export function readCookies(header: string | undefined): Record<string, string | undefined> {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split(/=(.*)/s, 2))
  return Object.fromEntries(pairs.filter(([name]) => name))
}
