import type { LabPackage } from './deb.ts'

/** A script that does its work only when the package is being configured. */
const postinst = (...lines: string[]) => ({
  postinst: ['#!/bin/sh', '[ "$1" = configure ] || exit 0', ...lines, ''].join('\n'),
})

/** Sleeps for as long as /etc/lab-sleep says, also meanwhile, so that a test can get in the way. */
const slowly = postinst(
  'seconds() { cat /etc/lab-sleep 2>/dev/null || echo 20; }; i=0',
  'while n=$(seconds); [ $i -lt "$n" ]; do sleep 1; i=$((i+1)); echo "lab-sleep: tick $i/$n"; done',
)

const failing = postinst('[ -e /etc/lab-fail-ok ] && exit 0', 'echo "lab-fail: boom" >&2; exit 7')
const refusing = { prerm: '#!/bin/sh\necho "lab-stuck: prerm refuses" >&2; exit 3\n' }

/** Asks for a reboot the way Debian's own packages do, on upgrades alone. */
const rebootWanted = postinst(
  '[ -n "$2" ] || exit 0',
  'echo "*** System restart required ***" >/run/reboot-required',
  'echo lab-kernelish >>/run/reboot-required.pkgs',
)

const restarting = postinst(
  '[ -d /run/systemd/system ] || exit 0',
  'systemctl daemon-reload; systemctl enable -q lab-svc; systemctl restart lab-svc',
)
const service = (version: string) => ({
  'lib/systemd/system/lab-svc.service': [
    `[Service]\nExecStart=/bin/sleep infinity\nEnvironment=VERSION=${version}`,
    '[Install]\nWantedBy=multi-user.target\n',
  ].join('\n'),
})

const conffile = (version: string) => ({
  conffiles: ['/etc/lab-conf.conf'],
  files: { 'etc/lab-conf.conf': `version=${version}\n` },
})

const fromLibSource = { Source: 'lab-lib-src' }
const sameLib = (version: string) => ({ ...fromLibSource, Depends: `lab-lib (= ${version})` })
const FIXED = '1.0-2'
const HELLO = { Depends: 'lab-base (>= 1.0)', Recommends: 'lab-recommended' }
const needsNothingThereIs = { Depends: 'lab-does-not-exist' }

/** As Ubuntu phases an update: the field is in the index, never in the package. */
const phasedOut = { 'Phased-Update-Percentage': '0' }
const perArchitecture = { per_architecture: true, fields: { 'Multi-Arch': 'same' } }
const MEGABYTE = 1024 * 1024

/** The packages of the lab's repository, each there for the trouble that it makes. */
export const packages: LabPackage[] = [
  // A dependency, a recommendation, and what autoremove does with them.
  { name: 'lab-base', version: '1.0-1', suite: 'release' },
  { name: 'lab-recommended', version: '1.0-1', suite: 'release' },
  { name: 'lab-hello', version: '1.0-1', suite: 'release', fields: HELLO },
  { name: 'lab-hello', version: '1.1-1', suite: 'updates', fields: HELLO },

  // One source, one security fix, two packages that only move together.
  { name: 'lab-lib', version: '1.0-1', suite: 'release', fields: fromLibSource },
  { name: 'lab-lib', version: FIXED, suite: 'security', fields: fromLibSource },
  { name: 'lab-libtool', version: '1.0-1', suite: 'release', fields: sameLib('1.0-1') },
  { name: 'lab-libtool', version: FIXED, suite: 'security', fields: sameLib(FIXED) },

  // Slow to configure, failing to configure, failing to be removed.
  { name: 'lab-sleep', version: '1.0-1', suite: 'release', scripts: slowly },
  { name: 'lab-sleep', version: '2.0-1', suite: 'security', scripts: slowly },
  { name: 'lab-fail', version: '1.0-1', suite: 'release' },
  { name: 'lab-fail', version: '2.0-1', suite: 'security', scripts: failing },
  { name: 'lab-stuck', version: '1.0-1', suite: 'release', scripts: refusing },

  // A configuration file that changes between versions.
  { name: 'lab-conf', version: '1.0-1', suite: 'release', ...conffile('1.0-1') },
  { name: 'lab-conf', version: '2.0-1', suite: 'updates', ...conffile('2.0-1') },

  // Cannot be installed; an update that is kept back; one with a new dependency; one that removes.
  { name: 'lab-broken', version: '1.0-1', suite: 'release', fields: needsNothingThereIs },
  { name: 'lab-keptback', version: '1.0-1', suite: 'release' },
  { name: 'lab-keptback', version: '2.0-1', suite: 'security', fields: needsNothingThereIs },
  { name: 'lab-newdep', version: '1.0-1', suite: 'release' },
  { name: 'lab-newdep', version: '2.0-1', suite: 'security', fields: { Depends: 'lab-extra' } },
  { name: 'lab-extra', version: '1.0-1', suite: 'security' },
  { name: 'lab-victim', version: '1.0-1', suite: 'release' },
  { name: 'lab-conflict', version: '1.0-1', suite: 'release' },
  { name: 'lab-conflict', version: '2.0-1', suite: 'updates', fields: { Conflicts: 'lab-victim' } },

  // Wants a reboot; restarts a service.
  { name: 'lab-kernelish', version: '1.0-1', suite: 'release', scripts: rebootWanted },
  { name: 'lab-kernelish', version: '2.0-1', suite: 'security', scripts: rebootWanted },
  {
    name: 'lab-svc',
    version: '1.0-1',
    suite: 'release',
    scripts: restarting,
    files: service('1.0-1'),
  },
  {
    name: 'lab-svc',
    version: '2.0-1',
    suite: 'updates',
    scripts: restarting,
    files: service('2.0-1'),
  },

  // Long to download; too large for any disk.
  { name: 'lab-big', version: '1.0-1', suite: 'release', random_bytes: 40 * MEGABYTE },
  { name: 'lab-big', version: '2.0-1', suite: 'updates', random_bytes: 40 * MEGABYTE },
  {
    name: 'lab-huge',
    version: '1.0-1',
    suite: 'release',
    fields: { 'Installed-Size': '900000000' },
  },

  // The same library for two architectures; a virtual package with two providers.
  { name: 'lab-ma', version: '1.0-1', suite: 'release', ...perArchitecture },
  { name: 'lab-ma', version: '1.1-1', suite: 'updates', ...perArchitecture },
  { name: 'lab-mta-a', version: '1.0-1', suite: 'release', fields: { Provides: 'lab-mta' } },
  { name: 'lab-mta-b', version: '1.0-1', suite: 'release', fields: { Provides: 'lab-mta' } },
  { name: 'lab-needs-mta', version: '1.0-1', suite: 'release', fields: { Depends: 'lab-mta' } },

  // An update not for this host yet; one that a test may hold.
  { name: 'lab-phased', version: '1.0-1', suite: 'release' },
  { name: 'lab-phased', version: '1.1-1', suite: 'updates', index_fields: phasedOut },
  { name: 'lab-held', version: '1:1.0-1', suite: 'release' },
  { name: 'lab-held', version: '1:1.1-1', suite: 'updates' },
]

const signature = ' -- Patch Lab <lab@example.invalid>  Tue, 14 Nov 2023 22:13:20 +0000\n'

/** What `apt-get changelog` is given, by the path that apt asks for. */
export const changelogs: Record<string, string> = {
  [`main/l/lab-lib-src/lab-lib-src_${FIXED}_changelog`]: [
    `lab-lib-src (${FIXED}) bookworm-security; urgency=high\n`,
    '  * Fix a buffer overflow (CVE-2025-10001, CVE-2025-10002). (Closes: #1)\n',
    signature,
  ].join('\n'),
}
