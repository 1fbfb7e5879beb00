/** What is known of the lab's rpm packages, in the shape that distributions publish it. */
type RpmAdvisory = {
  id: string
  type: 'security' | 'bugfix' | 'enhancement'
  severity: 'Critical' | 'Important' | 'Moderate' | 'Low' | 'None'
  title: string
  issued: string
  cve_ids: string[]
  /** Name, version and release of each package that fixes it. */
  packages: [name: string, version: string, release: string][]
  reboot_suggested?: boolean
}

export const rpmAdvisories: RpmAdvisory[] = [
  {
    id: 'RLSA-2025:0001',
    type: 'security',
    severity: 'Important',
    title: 'Important: lab-lib security update',
    issued: '2025-03-04 10:00:00',
    cve_ids: ['CVE-2025-10001', 'CVE-2025-10002'],
    packages: [
      ['lab-lib', '1.0', '2'],
      ['lab-libtool', '1.0', '2'],
    ],
  },
  {
    id: 'RLSA-2025:0002',
    type: 'security',
    severity: 'Critical',
    title: 'Critical: kernel security update',
    issued: '2025-04-01 00:00:00',
    cve_ids: ['CVE-2025-20001'],
    packages: [
      ['kernel', '5.14.0', '2'],
      ['lab-kernelish', '2.0', '1'],
    ],
    reboot_suggested: true,
  },
  {
    id: 'RLSA-2025:0003',
    type: 'security',
    severity: 'Moderate',
    title: 'Moderate: lab-sleep and lab-newdep security update',
    issued: '2025-05-06 12:30:00',
    cve_ids: ['CVE-2025-30001'],
    packages: [
      ['lab-sleep', '2.0', '1'],
      ['lab-newdep', '2.0', '1'],
      ['lab-extra', '1.0', '1'],
    ],
  },
  {
    id: 'RLSA-2025:0007',
    type: 'security',
    severity: 'Moderate',
    title: 'Moderate: lab-keptback security update',
    issued: '2025-05-07 12:30:00',
    cve_ids: ['CVE-2025-30007'],
    packages: [['lab-keptback', '2.0', '1']],
  },
  {
    id: 'RLSA-2025:0004',
    type: 'security',
    severity: 'Low',
    title: 'Low: lab-fail and lab-failpre security update',
    issued: '2025-06-01 00:00:00',
    cve_ids: ['CVE-2025-40001'],
    packages: [
      ['lab-fail', '2.0', '1'],
      ['lab-failpre', '2.0', '1'],
    ],
  },
  {
    id: 'RLBA-2025:0005',
    type: 'bugfix',
    severity: 'None',
    title: 'lab-conf bug fix update',
    issued: '2025-06-02 00:00:00',
    cve_ids: [],
    packages: [['lab-conf', '2.0', '1']],
  },
  {
    id: 'RLEA-2025:0006',
    type: 'enhancement',
    severity: 'None',
    title: 'lab-hello & friends enhancement update',
    issued: '2025-06-03 00:00:00',
    cve_ids: [],
    packages: [['lab-hello', '1.1', '1']],
  },
]

export const updateinfo = (advisories: RpmAdvisory[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<updates>',
    ...advisories.flatMap(toUpdate),
    '</updates>',
    '',
  ].join('\n')

function toUpdate({ id, type, severity, title, issued, ...rest }: RpmAdvisory): string[] {
  const reboot = rest.reboot_suggested ? '<reboot_suggested>True</reboot_suggested>' : ''
  return [
    `<update from="lab@example.invalid" status="final" type="${type}" version="2.0">`,
    `<id>${id}</id><title>${escape(title)}</title><severity>${severity}</severity>`,
    `<issued date="${issued}"/><updated date="${issued}"/><rights>Copyright</rights>`,
    `<release>Lab 9</release><pushcount>1</pushcount><summary>${escape(title)}</summary>`,
    `<description>About ${id}.</description><solution>Update.</solution>`,
    '<references>',
    ...rest.cve_ids.map(
      (cve) =>
        `<reference href="https://cve.example.invalid/${cve}" id="${cve}" type="cve" title="${cve}"/>`,
    ),
    `<reference href="https://lab.example.invalid/${id}" id="${id}" type="self" title="${id}"/>`,
    '</references>',
    '<pkglist><collection short="lab"><name>Lab</name>',
    ...rest.packages.map(
      ([name, version, release]) =>
        `<package name="${name}" version="${version}" release="${release}" epoch="0" arch="noarch" ` +
        `src="${name}-${version}-${release}.src.rpm"><filename>${name}-${version}-${release}.noarch.rpm</filename>${reboot}</package>`,
    ),
    '</collection></pkglist>',
    '</update>',
  ]
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
