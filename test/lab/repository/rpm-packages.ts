import type { RpmPackage } from './rpm.ts'

/** Sleeps for as long as /etc/lab-sleep says, also meanwhile, so that a test can get in the way. */
const slowly = {
  post: [
    'seconds() { cat /etc/lab-sleep 2>/dev/null || echo 20; }; i=0',
    'while n=$(seconds); [ $i -lt "$n" ]; do sleep 1; i=$((i+1)); echo "lab-sleep: tick $i/$n"; done',
  ].join('\n'),
}

const failing = (script: 'pre' | 'post') => ({
  [script]: `[ -e /etc/lab-fail-ok ] && exit 0\necho "lab-${script}: boom" >&2; exit 7`,
})
const refusing = { preun: 'echo "lab-stuck: preun refuses" >&2; exit 3' }
const asking = {
  pre: 'echo "Do you accept the terms of lab-asks? [y/N]"; read -r answer && [ "$answer" = y ]',
}

const restarting = {
  post: [
    '[ -d /run/systemd/system ] || exit 0',
    'systemctl daemon-reload; systemctl enable -q lab-svc; systemctl restart lab-svc',
  ].join('\n'),
}
const UNIT = '/usr/lib/systemd/system/lab-svc.service'
const service = (version: string) => ({
  [UNIT]: [
    `[Service]\nExecStart=/bin/sleep infinity\nEnvironment=VERSION=${version}`,
    '[Install]\nWantedBy=multi-user.target\n',
  ].join('\n'),
})

const CONFIG = '/etc/lab-conf.conf'
const configuration = (version: string) => ({
  config: [CONFIG],
  files: { [CONFIG]: `version=${version}\n` },
})

const HELLO = { fields: ['Requires: lab-base >= 1.0', 'Recommends: lab-recommended'] }
const needsNothingThereIs = { fields: ['Requires: lab-does-not-exist'] }
const sameLib = (release: string) => ({ release, fields: [`Requires: lab-lib = 1.0-${release}`] })
const EPOCH = { fields: ['Epoch: 1'] }
const forTwo = { architectures: ['x86_64', 'i686'] }
const MEGABYTE = 1024 * 1024
const lab = { repository: 'lab' } as const

/** The rpm packages of the lab, each there for the trouble that it makes. */
export const rpmPackages: RpmPackage[] = [
  // A dependency, a recommendation, and what autoremove does with them.
  { name: 'lab-base', version: '1.0', ...lab },
  { name: 'lab-recommended', version: '1.0', ...lab },
  { name: 'lab-hello', version: '1.0', ...lab, ...HELLO },
  { name: 'lab-hello', version: '1.1', ...lab, ...HELLO },

  // One fix, two packages that only move together.
  { name: 'lab-lib', version: '1.0', release: '1', ...lab },
  { name: 'lab-lib', version: '1.0', release: '2', ...lab },
  { name: 'lab-libtool', version: '1.0', ...lab, ...sameLib('1') },
  { name: 'lab-libtool', version: '1.0', ...lab, ...sameLib('2') },

  // Slow to install; failing after, before and on the way out; asking whoever is not there.
  { name: 'lab-sleep', version: '1.0', ...lab, scripts: slowly },
  { name: 'lab-sleep', version: '2.0', ...lab, scripts: slowly },
  { name: 'lab-fail', version: '1.0', ...lab },
  { name: 'lab-fail', version: '2.0', ...lab, scripts: failing('post') },
  { name: 'lab-failpre', version: '1.0', ...lab },
  { name: 'lab-failpre', version: '2.0', ...lab, scripts: failing('pre') },
  { name: 'lab-stuck', version: '1.0', ...lab, scripts: refusing },
  { name: 'lab-asks', version: '1.0', ...lab, scripts: asking },

  // A configuration file that changes between versions.
  { name: 'lab-conf', version: '1.0', ...lab, ...configuration('1.0') },
  { name: 'lab-conf', version: '2.0', ...lab, ...configuration('2.0') },

  // Cannot be installed; an update that is kept back; one with a new dependency; one that removes.
  { name: 'lab-broken', version: '1.0', ...lab, ...needsNothingThereIs },
  { name: 'lab-keptback', version: '1.0', ...lab },
  { name: 'lab-keptback', version: '2.0', ...lab, ...needsNothingThereIs },
  { name: 'lab-newdep', version: '1.0', ...lab },
  { name: 'lab-newdep', version: '2.0', ...lab, fields: ['Requires: lab-extra'] },
  { name: 'lab-extra', version: '1.0', ...lab },
  { name: 'lab-victim', version: '1.0', ...lab },
  { name: 'lab-conflict', version: '1.0', ...lab },
  { name: 'lab-conflict', version: '2.0', ...lab, fields: ['Conflicts: lab-victim'] },

  // Renamed: whoever has the one is given the other.
  { name: 'lab-old-name', version: '1.0', ...lab },
  {
    name: 'lab-new-name',
    version: '2.0',
    ...lab,
    fields: ['Obsoletes: lab-old-name < 2.0', 'Provides: lab-old-name = 2.0'],
  },

  // Versions live side by side; its advisory wants a reboot; restarts a service.
  { name: 'kernel', version: '5.14.0', release: '1', ...lab },
  { name: 'kernel', version: '5.14.0', release: '2', ...lab },
  { name: 'lab-kernelish', version: '1.0', ...lab },
  { name: 'lab-kernelish', version: '2.0', ...lab },
  { name: 'lab-svc', version: '1.0', ...lab, scripts: restarting, files: service('1.0') },
  { name: 'lab-svc', version: '2.0', ...lab, scripts: restarting, files: service('2.0') },

  // Long to download; too large for the small disk of a test.
  { name: 'lab-big', version: '1.0', ...lab, random_bytes: 40 * MEGABYTE },
  { name: 'lab-big', version: '2.0', ...lab, random_bytes: 40 * MEGABYTE },
  { name: 'lab-huge', version: '1.0', ...lab, empty_bytes: 600 * MEGABYTE },

  // The same library for two architectures; a virtual package with two providers.
  { name: 'lab-ma', version: '1.0', ...lab, ...forTwo },
  { name: 'lab-ma', version: '1.1', ...lab, ...forTwo },
  { name: 'lab-mta-a', version: '1.0', ...lab, fields: ['Provides: lab-mta'] },
  { name: 'lab-mta-b', version: '1.0', ...lab, fields: ['Provides: lab-mta'] },
  { name: 'lab-needs-mta', version: '1.0', ...lab, fields: ['Requires: lab-mta'] },

  // One with an epoch, that a test may lock or exclude; one that is not signed.
  { name: 'lab-held', version: '1.0', ...lab, ...EPOCH },
  { name: 'lab-held', version: '1.1', ...lab, ...EPOCH },
  { name: 'lab-unsigned', version: '1.0', ...lab, unsigned: true },

  // From a repository whose key nobody has accepted yet, and that has no advisories.
  { name: 'lab-stranger', version: '1.0', repository: 'lab-extras' },
]

/** Stands for the system below: the database of a Debian's rpm is empty, and nothing would provide a shell. */
export const systemPackage: RpmPackage = {
  name: 'lab-os',
  version: '9.4',
  repository: 'lab',
  fields: [
    'Provides: /bin/sh',
    'Provides: system-release = 9',
    'Provides: system-release(releasever) = 9',
  ],
}
