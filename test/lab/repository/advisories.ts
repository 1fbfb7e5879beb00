const WHEN = '2023-11-14T22:13:20Z'

const fixedIn = (name: string, fixed: string) => ({
  package: { ecosystem: 'Debian:12', name },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
})

/** What is known of the lab's packages, as OSV records in the shapes that Debian and Ubuntu use. */
export const advisories = [
  {
    schema_version: '1.7.0',
    id: 'DSA-9001-1',
    summary: 'lab-lib-src - security update',
    details: 'A buffer overflow.',
    upstream: ['DEBIAN-CVE-2025-10001', 'DEBIAN-CVE-2025-10002'],
    published: WHEN,
    modified: WHEN,
    affected: [fixedIn('lab-lib-src', '1.0-1+deb12u1')],
    database_specific: { severity: 'high' },
  },
  {
    schema_version: '1.7.0',
    id: 'USN-9002-1',
    summary: 'lab-kernelish vulnerabilities',
    upstream: ['UBUNTU-CVE-2025-20001'],
    published: WHEN,
    modified: WHEN,
    affected: [
      {
        ...fixedIn('lab-kernelish', '2.0'),
        database_specific: {
          cves_map: {
            ecosystem: 'Debian:12',
            cves: [{ id: 'CVE-2025-20001', severity: [{ type: 'Ubuntu', score: 'critical' }] }],
          },
        },
      },
    ],
    database_specific: { reboot: true },
  },
  {
    schema_version: '1.7.0',
    id: 'DSA-9003-1', // long since fixed in what is installed
    summary: 'lab-base - security update',
    upstream: ['DEBIAN-CVE-2020-1'],
    published: WHEN,
    modified: WHEN,
    affected: [fixedIn('lab-base', '0.9')],
    database_specific: { severity: 'medium' },
  },
]
