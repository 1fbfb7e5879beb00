import { plainName } from './relations.ts'

export type SavedPackage = { name: string; version: string; architecture: string }

/**
 * The path of a saved package. apt's own name for it would have `%3a` for the colon of an epoch, and apt cannot
 * install a file of such a name; no version has a `_` in it:
 *
 *     /var/lib/linux_patch_api/saved/0f9c…/vim_2_9.0.1378-2_amd64.deb
 *                                          name epoch version architecture
 */
const PATH =
  /^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+\/(?<name>[a-z0-9][a-z0-9+.-]*)_(?:(?<epoch>\d+)_)?(?<version>[A-Za-z0-9][A-Za-z0-9.+~-]*)_(?<architecture>[a-z0-9]+)\.deb$/

export const savedFileName = ({ name, version, architecture }: SavedPackage) =>
  `${plainName(name)}_${version.replace(':', '_')}_${architecture}.deb`

/** Whether apt can be given it: absolute, without a word that apt or a shell could take for another thing. */
export const isSavedFile = (path: string) => PATH.test(path)

export function readSavedFile(path: string): SavedPackage | undefined {
  const { name, epoch, version, architecture } = PATH.exec(path)?.groups ?? {}
  if (!name || !version || !architecture) return undefined
  return { name, version: epoch ? `${epoch}:${version}` : version, architecture }
}

/** Beside a saved package: the configuration files of it that somebody had changed. */
export const configurationOf = (path: string) => `${path}.conffiles.tar`
