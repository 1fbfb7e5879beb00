import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PackageName } from '@linux-patch/shared/package'
import { isMissing } from '../files/missing.ts'

type Folders = { cacheFolder: string; root: string }

/**
 * The options that keep the excluded packages as they are, even where another package would pull them along:
 * a file of pins beside the host's own. It is named after its content, so jobs share it and none spoils
 * another's, and it is written again for whoever asks, in case it was cleaned away.
 */
export function exclusionOptions(names: string[], { cacheFolder, root }: Folders): string[] {
  if (names.length === 0) return []
  const own = readOwnPins(join(root, 'etc/apt/preferences'))
  // Ours come first: of two pins that name a package, apt takes the first.
  const text = [...names.toSorted().map(pins), own].join('\n')
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const path = join(cacheFolder, `excluded-${digest}.pref`)
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
  return ['-o', `Dir::Etc::preferences=${path}`]
}

/** `now` is the installed version: it wins over every other, and where there is none, none may come. */
function pins(name: string): string {
  if (!PackageName.safeParse(name).success) throw new Error(`${name} is not the name of a package`)
  return [
    `Package: ${name}`,
    'Pin: release a=now',
    'Pin-Priority: 1001',
    '',
    `Package: ${name}`,
    'Pin: version *',
    'Pin-Priority: -1',
    '',
  ].join('\n')
}

function readOwnPins(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}
