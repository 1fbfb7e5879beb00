import { z } from 'zod'
import { OsDetails } from './host.ts'
import { JoinCodeText } from './join-code.ts'
import { AgentPort, DnsName, IpAddress } from './network-names.ts'

/** `sha256:` and 64 hexadecimal digits, as people compare and pass it. */
export const Fingerprint = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')

export const MachineId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')

/** What a host sends to ask for a place. */
export const EnrollmentRequest = z.strictObject({
  machine_id: MachineId,
  fqdn: DnsName,
  /** The address at which the manager shall call the agent. */
  ip_address: IpAddress,
  agent_port: AgentPort.default(12443),
  agent_version: z.string().max(50).nullable().default(null),
  os_details: OsDetails,
  /**
   * A certificate request: it proves that the asker holds the key, and no name in it counts. Without one the manager
   * makes the key at the approval, and hands it out once.
   */
  csr_pem: z.string().max(10_000).optional(),
  /** A code that an administrator made for it: it gets the host into the code's groups, and maybe in at once. */
  join_code: JoinCodeText.optional(),
})
export type EnrollmentRequest = z.output<typeof EnrollmentRequest>

export const Enrollment = z
  .object({
    id: z.uuid(),
    /** `approved`: the manager made its key, and can be told to make another one. */
    status: z.enum(['pending', 'approved']),
    machine_id: z.string(),
    fqdn: z.string(),
    ip_address: z.string(),
    /** Where the request really came from. */
    source_ip: z.string(),
    agent_port: z.number().int(),
    agent_version: z.string().nullable(),
    os_details: OsDetails,
    /** SHA-256 of the public key, as `enroll` prints it on the host. Null: it sent no request, and has no key yet. */
    key_fingerprint: z.string().nullable(),
    /** The join code that it brought. */
    join_code: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    /** Why a code that takes hosts in at once did not take in this one. */
    waits_because: z.string().nullable(),
    /** What an approver should know of it, such as that it may be a clone. */
    warnings: z.array(z.string()),
    /** A host that is already managed and has the machine id, name or address of this one. */
    known_host: z.object({ id: z.uuid(), name: z.string(), same: z.array(z.string()) }).nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'Enrollment' })
export type Enrollment = z.infer<typeof Enrollment>

/** What the approver compared and confirms. Nothing of it is taken from what the host claimed of itself. */
export const Approval = {
  /** The key that the approver compared with what the host printed: no other one is signed. */
  key_fingerprint: Fingerprint.optional(),
  /** Said of a request without a key, which nobody can compare: whoever holds its token gets the one that is made now. */
  make_key: z.literal(true).optional(),
  dns_names: z.array(DnsName).max(10),
  ip_addresses: z.array(IpAddress).min(1).max(10),
  display_name: z.string().max(100).default(''),
  /** `merge`: it is the host we know, come back. `replace`: another one, and the known one leaves. */
  on_conflict: z.enum(['merge', 'replace']).optional(),
}

/** What an approved host gets. It holds no secret where the private key never left the host. */
export const PkiBundle = z
  .object({
    status: z.literal('approved'),
    host_id: z.uuid(),
    /** In PEM: the root that signed, and those that follow it. */
    ca_crt: z.string(),
    /** The lists of revoked certificates, in PEM. */
    crl_pem: z.string().default(''),
    server_crt: z.string(),
    /** Where the host sent no certificate request: its key, in the first answer only. */
    server_key: z.string().optional(),
    manager: z.object({
      identity: z.string(),
      /** The addresses that its calls come from: what the host's whitelist needs. */
      addresses: z.array(z.string()).min(1),
      /** Where hosts that are enrolled reach it, under the name that they enrolled at. */
      agent_port: z.number().int().min(1).max(65535),
    }),
  })
  .meta({ id: 'PkiBundle' })
export type PkiBundle = z.infer<typeof PkiBundle>

export const EnrollmentStatus = z
  .discriminatedUnion('status', [z.object({ status: z.literal('pending') }), PkiBundle])
  .meta({ id: 'EnrollmentStatus' })
export type EnrollmentStatus = z.infer<typeof EnrollmentStatus>
