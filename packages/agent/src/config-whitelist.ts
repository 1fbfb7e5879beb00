import { isIP } from 'node:net'
import { isSeq, parseDocument } from 'yaml'
import { z } from 'zod'
import { parseYaml } from './files/yaml.ts'

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?$/i

/** `10.0.0.300` is a mistyped address: nobody calls a host that. */
const isHostName = (entry: string) => HOST_NAME.test(entry) && !/(^|\.)\d+\.?$/.test(entry)

const isCidr = (entry: string) =>
  z.union([z.cidrv4(), z.cidrv6()]).safeParse(entry).success && entry.includes('/')

/** `::ffff:10.0.0.0/104` is 10.0.0.0/8; with fewer than 96 bits it would hold more than all of IPv4. */
const isTooWide = (entry: string) =>
  /^::ffff:[\d.]+\//i.test(entry) && Number(entry.split('/')[1]) < 96

export const WhitelistEntry = z
  .string()
  .refine(
    (entry) => isIP(entry) !== 0 || isCidr(entry) || isHostName(entry),
    'must be an IP address, a network such as 10.0.0.0/8, or a host name',
  )
  .refine((entry) => !isTooWide(entry), 'must have a prefix of at least 96, as it is IPv4')

/** What /etc/linux_patch_api/whitelist.yaml may say: who may open a connection at all. */
export const Whitelist = z.strictObject({
  entries: z.array(WhitelistEntry).nullable().default([]),
})

export const parseWhitelist = (file: string, text: string): string[] =>
  parseYaml(file, text, Whitelist).entries ?? []

/** The file with these entries added where they are missing, and all that a person wrote in it kept. */
export function withEntries(file: string, text: string, wanted: string[]): string {
  const known = parseWhitelist(file, text)
  const missing = z
    .array(WhitelistEntry)
    .parse(wanted)
    .filter((entry) => !known.includes(entry))
  if (missing.length === 0) return text

  const document = parseDocument(text)
  const entries = document.get('entries')
  if (isSeq(entries)) {
    for (const entry of missing) entries.add(document.createNode(entry))
    entries.flow = false
  } else document.set('entries', document.createNode(missing))
  return document.toString()
}
