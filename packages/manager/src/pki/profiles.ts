import type { JsonGeneralNames } from './x509.ts'

/** What is confirmed about whoever gets the certificate. */
export type Names = {
  agent: { id: string; dns_names: string[]; ip_addresses: string[] }
  manager: { id: string }
  operator: { name: string }
  ocsp: object
  /** The identity is the manager's, by which hosts know it whatever name they reach it at. */
  web: { identity: string; dns_names: string[]; ip_addresses: string[] }
}
export type Profile = keyof Names
export type Use = 'serverAuth' | 'clientAuth' | 'ocspSigning'
type Rules<Of> = {
  use: Use[]
  days: number
  subject: (names: Of) => string
  names: (names: Of) => JsonGeneralNames
}

/**
 * What each kind of certificate may say. A request chooses its key and nothing else: names, uses and
 * lifetime are decided here. The common name says nothing that counts; who it is stands in the URI.
 */
export const profiles: { [Of in Profile]: Rules<Names[Of]> } = {
  agent: {
    use: ['serverAuth', 'clientAuth'],
    days: 90,
    subject: ({ id }) => id,
    names: ({ id, ...names }) => [...addresses(names), { type: 'url', value: hostIdentity(id) }],
  },
  manager: {
    use: ['clientAuth'],
    days: 365,
    subject: ({ id }) => id,
    names: ({ id }) => [{ type: 'url', value: managerIdentity(id) }],
  },
  operator: {
    use: ['clientAuth'],
    days: 365,
    subject: ({ name }) => name,
    names: ({ name }) => [{ type: 'url', value: operatorIdentity(name) }],
  },
  // Nobody can ask whether it was revoked, so it does not live long.
  ocsp: { use: ['ocspSigning'], days: 7, subject: () => 'Revocation status', names: () => [] },
  web: {
    use: ['serverAuth'],
    days: 365,
    subject: () => 'Linux Patch Manager',
    names: ({ identity, ...names }) => [...addresses(names), { type: 'url', value: identity }],
  },
}

const hostIdentity = (id: string) => `urn:lpm:host:${id}`
export const managerIdentity = (id: string) => `urn:lpm:manager:${id}`
const operatorIdentity = (name: string) => `urn:lpm:operator:${name}`

/** Every certificate starts a little in the past, for hosts whose clock runs behind ours. */
export const BACKDATE_MINUTES = 5

const addresses = ({ dns_names, ip_addresses }: Omit<Names['agent'], 'id'>): JsonGeneralNames => [
  ...dns_names.map((value) => ({ type: 'dns' as const, value })),
  ...ip_addresses.map((value) => ({ type: 'ip' as const, value })),
]
