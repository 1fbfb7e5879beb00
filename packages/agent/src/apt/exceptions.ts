import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../files/missing.ts'

/** Where a host keeps files of a package elsewhere than the package says, or not at all. */
export type Exceptions = {
  /** By the path that packages name: where it is on the disk, for all but the one whose own file stays in place. */
  diversions: Map<string, { by: string; to: string }>
  isExcluded: (path: string) => boolean
}

export async function readExceptions(root: string): Promise<Exceptions> {
  const config = join(root, 'etc/dpkg/dpkg.cfg.d')
  const names = (await orNone(readdir(config))) ?? []
  const files = [join(root, 'etc/dpkg/dpkg.cfg'), ...names.map((name) => join(config, name))]
  const [diversions, ...texts] = await Promise.all(
    [join(root, 'var/lib/dpkg/diversions'), ...files].map((file) => orNone(readFile(file, 'utf8'))),
  )
  return {
    diversions: parseDiversions(diversions ?? ''),
    isExcluded: parseExclusions(texts.join('\n')),
  }
}

/**
 * Reads `/var/lib/dpkg/diversions`, three lines for each:
 *
 *     /usr/share/man/man1/perf.1.gz              what packages say
 *     /usr/share/man/man1/perf.wrapper.1.gz      where it is
 *     linux-perf                                 whose own file stays in place; `:` is the administrator's
 */
export function parseDiversions(text: string): Exceptions['diversions'] {
  const lines = text.split('\n')
  const diversions: Exceptions['diversions'] = new Map()
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = '', to = '', by = ''] = lines.slice(at, at + 3)
    diversions.set(from, { by, to })
  }
  return diversions
}

/**
 * Reads what dpkg was told to leave out, as images of containers do; the last line that fits a path decides:
 *
 *     path-exclude=/usr/share/locale/*
 *     path-include=/usr/share/locale/de/LC_MESSAGES/dpkg.mo
 */
export function parseExclusions(text: string): (path: string) => boolean {
  const rules = [...text.matchAll(/^\s*path-(exclude|include)\s*[= ]\s*["']?(.*?)["']?\s*$/gm)].map(
    ([, kind, pattern = '']) => ({ excludes: kind === 'exclude', pattern: toPattern(pattern) }),
  )
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.excludes ?? false
}

/** In dpkg's patterns, `*` and `?` match a slash too. */
const toPattern = (glob: string) =>
  new RegExp(
    `^${glob
      .replaceAll(/[\\^$.|+(){}[\]]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  )

/** What there is, or nothing where there is none. */
export async function orNone<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
