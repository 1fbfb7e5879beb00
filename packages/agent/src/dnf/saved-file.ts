import type { Exact } from './program.ts'

/** As repositories name it, without the epoch: `/var/lib/…/saved/lab-lib-1.0-1.noarch.rpm`. */
const PATH = /^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+\/[A-Za-z0-9_][A-Za-z0-9+._~^-]*\.rpm$/

/** Whether dnf can be given it: absolute, and nothing that could be taken for another thing. */
export const isSavedFile = (path: string) => PATH.test(path)

export const savedFileName = ({ name, version, arch }: Exact) =>
  `${name}-${version.replace(/^\d+:/, '')}.${arch}.rpm`
