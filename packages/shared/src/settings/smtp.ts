import { z } from 'zod'
import { DnsName, IpAddress } from '../network-names.ts'

/** A plain address: no name before it, no quotes, no line ends that could become a header. */
export const MailAddress = z
  .email({ pattern: z.regexes.html5Email, error: 'is not a plain mail address' })
  .max(254)

/** The server that mail goes out by. Without a host and an address none does. */
export const smtp = {
  host: z.union([DnsName, IpAddress], { error: 'is not a host name or address' }).nullable(),
  port: z.number().int().min(1).max(65535),
  /** Before anything is said, after it is asked for, or not at all. */
  security: z.enum(['starttls', 'tls', 'none']),
  username: z.string().min(1).max(320).nullable(),
  from: MailAddress.nullable(),
}

export const smtpDefaults = {
  host: null,
  port: 587,
  security: 'starttls',
  username: null,
  from: null,
} as const
