import type { Lab } from '../lab/lab.ts'
import { rpmAdvisories, updateinfo } from '../lab/repository/rpm-advisories.ts'
import { livesByDnf, type Base } from '../lab/root.ts'

/** A package as a story makes one up, for whichever kind of host it is told on. */
export type MadeUp = {
  name: string
  /** With its revision: `1.2-1`. */
  version: string
  /** Names of what it needs. */
  needs?: string[]
  /** Lines of a shell that run before it is unpacked. */
  before?: string
  /** Lines of a shell that run once it is. */
  script?: string
  /** Text by absolute path. */
  files?: Record<string, string>
}

/** The repository that a host lives by: what is wrong with it, and how a story adds to it. */
export function repositoryOf(lab: Lab, base: Base) {
  const repository = livesByDnf(base) ? lab.rpms : lab.repository
  return {
    faults: repository.faults,
    async publish(...packages: MadeUp[]) {
      if (!livesByDnf(base)) return lab.repository.add(...packages.map(toDeb))
      await lab.rpms.add(...packages.map(toRpm))
      // Nothing is said of what is new, and of the rest what was said before.
      await lab.rpms.advise('lab', updateinfo(rpmAdvisories))
    },
  }
}

const toDeb = ({ name, version, needs = [], before, script, files = {} }: MadeUp) => ({
  name,
  version,
  suite: 'updates' as const,
  fields: needs.length > 0 ? { Depends: needs.join(', ') } : {},
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(1), text])),
  scripts: {
    ...(before && { preinst: `#!/bin/sh\n${before}\n` }),
    ...(script && { postinst: `#!/bin/sh\n[ "$1" = configure ] || exit 0\n${script}\n` }),
  },
})

function toRpm({ name, version: exact, needs = [], before, script, files = {} }: MadeUp) {
  const [version = '', release = ''] = exact.split('-')
  return {
    name,
    version,
    release,
    repository: 'lab' as const,
    fields: needs.map((need) => `Requires: ${need}`),
    files,
    scripts: { ...(before && { pre: before }), ...(script && { post: script }) },
  }
}
