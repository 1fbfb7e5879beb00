import { lookup } from 'node:dns/promises'
import { BlockList, isIP, isIPv6 } from 'node:net'

/** Every address that a name has now. Throws where it has none. */
export type Resolve = (name: string) => Promise<string[]>
export const resolve: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address)

type Deps = { entries: () => string[]; resolve: Resolve }
export type AllowList = ReturnType<typeof allowList>

/** Who may open a connection. It starts by allowing nobody. */
export function allowList({ entries, resolve }: Deps) {
  /** What each name last resolved to: a resolver that fails must not lock the manager out. */
  const known = new Map<string, string[]>()
  const failing = new Set<string>()
  let list = new BlockList()

  function apply() {
    list = blockListOf(entries().flatMap((entry) => known.get(entry) ?? [entry]))
  }

  async function look(name: string) {
    try {
      const addresses = (await resolve(name)).filter((address) => isIP(normal(address)) !== 0)
      if (addresses.length === 0) throw new Error(`${name} has no address`)
      known.set(name, addresses)
      failing.delete(name)
    } catch {
      failing.add(name)
    }
  }

  return {
    allows: (address: string) => {
      const plain = normal(address)
      return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
    },
    /** The names that have no address now. */
    unresolved: () => [...failing].filter((name) => entries().includes(name)),
    /** Puts the entries in force at once: names with what is known of them until `resolveNames`. */
    apply,
    async resolveNames() {
      await Promise.all(entries().filter(isName).map(look))
      apply()
    },
  }
}

/** As people write it: IPv4 that came in over an IPv6 socket is still IPv4, and a zone is not an address. */
export function normal(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%')
  return /^::ffff:(\d+(?:\.\d+){3})$/.exec(plain)?.[1] ?? plain
}

const isName = (entry: string) => isIP(entry) === 0 && !entry.includes('/')

/** Throws where an entry is none, which whoever read it must hear before it is in force. */
export function blockListOf(entries: string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) add(list, entry)
  return list
}

function add(list: BlockList, entry: string) {
  if (isName(entry)) return
  const [network = '', length] = entry.split('/')
  const family = isIPv6(normal(network)) ? 'ipv6' : 'ipv4'
  if (length === undefined) return list.addAddress(normal(network), family)
  // A network of mapped addresses counts its 96 bits of prefix too.
  const mapped = normal(network) !== network.toLowerCase()
  list.addSubnet(normal(network), Number(length) - (mapped ? 96 : 0), family)
}
