import { hostname, networkInterfaces } from 'node:os'
import { isIP } from 'node:net'

export type OwnNames = { dns_names: string[]; ip_addresses: string[] }

/** What this machine is called and reached by, and what its administrator adds to that. */
export function ownNames(added: string[]): OwnNames {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    // A link-local address means something else on every link, so no certificate can vouch for it.
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address)
  return {
    dns_names: unique([...added.filter((name) => !isIP(name)), hostname(), 'localhost']),
    ip_addresses: unique([...added.filter((name) => isIP(name)), ...addresses]),
  }
}

const unique = (names: string[]) => [...new Set(names)]
