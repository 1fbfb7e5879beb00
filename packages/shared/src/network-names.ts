import { z } from 'zod'

export const DnsName = z
  .string()
  .max(253)
  .regex(/^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i, 'is not a host name')
export const IpAddress = z.union([z.ipv4(), z.ipv6()])
export const AgentPort = z.number().int().min(1).max(65535)
