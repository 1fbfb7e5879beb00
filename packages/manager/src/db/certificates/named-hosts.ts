import { isIPv6, SocketAddress } from 'node:net'
import { sql } from 'kysely'
import { literal } from '../contains.ts'
import type { Db } from '../schema.ts'

type Names = { dns_names: string[]; ip_addresses: string[] }

/** Names of the managed hosts whose certificates in force bear one of these names or addresses. */
export const namedHosts =
  (db: Db) =>
  async ({ dns_names, ip_addresses }: Names): Promise<string[]> => {
    const entries = [
      ...dns_names.map((name) => `DNS:${name}`),
      ...ip_addresses.map((address) => `IP Address:${asPrinted(address)}`),
    ]
    const rows = await db
      .selectFrom('certificate')
      .innerJoin('host', 'host.id', 'certificate.host_id')
      .select('host.fqdn')
      .where('host.retired_at', 'is', null)
      .where('certificate.status', '=', 'active')
      .where((of) => of.or(entries.map(bears)))
      .distinct()
      .execute()
    return rows.map(({ fqdn }) => fqdn)
  }

/** Certificates keep their names as openssl prints them: `DNS:a.example, IP Address:192.0.2.1, URI:…`. */
const bears = (entry: string) => {
  const name = literal(entry.toLowerCase())
  return sql<boolean>`', ' || lower(certificate.sans) || ',' like ${`%, ${name},%`} escape '\\'`
}

/** `2001:db8::7` stands there as `2001:DB8:0:0:0:0:0:7`. */
function asPrinted(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = new SocketAddress({ address, family: 'ipv6' }).address.split('::')
  if (tail === undefined) return head
  const [left, right] = [head, tail].map((part) => part.split(':').filter(Boolean))
  const missing = 8 - left!.length - right!.length
  return [...left!, ...Array<string>(missing).fill('0'), ...right!].join(':')
}
