import { join } from 'node:path'
import { statOrNull } from '../files/missing.ts'
import { plainName } from './relations.ts'
import type { SavedPackage } from './saved-file.ts'
import type { Stanza } from './stanzas.ts'

/** Where apt leaves what it has fetched. */
export const archiveCache = (root: string) => join(root, 'var/cache/apt/archives')

export const cachedFile = (one: SavedPackage, root: string) =>
  join(archiveCache(root), fetchedName(one))

/** What apt calls a package that it fetches: `vim_2%3a9.0.1378-2_amd64.deb`, for a colon is odd in a name. */
export const fetchedName = ({ name, version, architecture }: SavedPackage) =>
  `${plainName(name)}_${version.replaceAll(':', '%3a')}_${architecture}.deb`

/** Whether apt has fetched all of it already. */
export async function isCached(stanza: Stanza, root: string): Promise<boolean> {
  const file = await statOrNull(cachedFile(stanza, root))
  return file?.size === stanza.download_bytes
}
