import type { LabPackage } from '../lab/repository/deb.ts'

/** A second configuration file, so that one can be there already while another is new. */
const conf = (version: string): LabPackage => ({
  name: 'chaos-conf',
  version,
  suite: version === '1.0-1' ? 'release' : 'updates',
  conffiles: ['/etc/chaos-conf.conf'],
  files: { 'etc/chaos-conf.conf': `version=${version}\n` },
})

/** Long enough to download that something can happen meanwhile, small enough to be kept many times. */
const bulky = (version: string): LabPackage => ({
  name: 'chaos-bulky',
  version,
  suite: version === '1.0-1' ? 'release' : 'security',
  random_bytes: 2 * 1024 * 1024,
})

/** What the chaos needs beside the packages that every lab has. */
export const chaosPackages: LabPackage[] = [
  conf('1.0-1'),
  conf('2.0-1'),
  bulky('1.0-1'),
  bulky('2.0-1'),
]

/** What the host has at the beginning, so that there is something to update from the first. */
export const firstPackages = [
  'lab-hello=1.0-1',
  'lab-newdep=1.0-1',
  'lab-conf=1.0-1',
  'lab-svc=1.0-1',
  'lab-victim',
]
