import { long, type Endpoint, type Sent } from './input-values.test.kit.ts'

const options = { force: false, no_recommends: false, allow_downgrade: false }
const one = { name: 'nginx', version: null }
const digest = `sha256:${'0'.repeat(64)}`
const badNames = ['-x', '.nginx', 'nginx-', 'a b', '?essential', '../x', 'x;y', '', long(201)]
const badVersions = ['', '-1', '1*', '1 2', '/etc', long(201)]

export const install = {
  body: { packages: [{ name: 'nginx' }] },
  usual: { packages: [one], options },
  takes: [
    [
      { packages: [{ name: 'g++', version: '4:12.2.0-3' }] },
      { packages: [{ name: 'g++', version: '4:12.2.0-3' }] },
    ],
    [{ packages: [{ name: 'libc6:i386' }] }, { packages: [{ name: 'libc6:i386', version: null }] }],
    [{ options: {} }, {}],
    [{ options: { force: true } }, { options: { ...options, force: true } }],
    [{ options: { no_recommends: true } }, { options: { ...options, no_recommends: true } }],
    [{ options: { allow_downgrade: true } }, { options: { ...options, allow_downgrade: true } }],
  ] satisfies Endpoint['takes'],
  refuses: [
    [{ packages: [] }, 'packages'],
    [{ packages: 'nginx' }, 'packages'],
    [{ packages: Array.from({ length: 201 }, () => ({ name: 'x1' })) }, 'packages'],
    [{ packages: [{}] }, 'packages.0.name'],
    [{ packages: [{ name: 'nginx', size: 1 }] }, 'packages.0'],
    ...badNames.map((name): [Sent, string] => [{ packages: [{ name }] }, 'packages.0.name']),
    ...badVersions.map((version): [Sent, string] => [
      { packages: [{ name: 'nginx', version }] },
      'packages.0.version',
    ]),
    [{ options: { force: 'true' } }, 'options.force'],
    [{ options: { yes: true } }, 'options'],
    [{ nonsense: 1 }, ''],
  ] satisfies Endpoint['refuses'],
}

export const update = {
  body: {},
  usual: { name: 'nginx', version: null, options },
  takes: [
    [{ version: '1.22.1-9+deb12u1' }, { version: '1.22.1-9+deb12u1' }],
    [{ version: null }, { version: null }],
    ...install.takes.slice(2),
  ] satisfies Endpoint['takes'],
  refuses: [
    ...badVersions.map((version): [Sent, string] => [{ version }, 'version']),
    [{ options: { allow_downgrade: 1 } }, 'options.allow_downgrade'],
    [{ nonsense: 1 }, ''],
  ] satisfies Endpoint['refuses'],
}

const applyOptions = { reboot: false, reboot_delay_minutes: 0, exclude_packages: [] }
export const apply = {
  body: {},
  usual: { patches: [], options: applyOptions },
  takes: [
    [
      { patches: ['USN-6000-1', 'SEC-openssl-3.0.22-1~deb12u2'] },
      { patches: ['USN-6000-1', 'SEC-openssl-3.0.22-1~deb12u2'] },
    ],
    [{ options: { reboot: true } }, { options: { ...applyOptions, reboot: true } }],
    [
      { options: { reboot_delay_minutes: 10_080 } },
      { options: { ...applyOptions, reboot_delay_minutes: 10_080 } },
    ],
    [
      { options: { exclude_packages: ['nginx'] } },
      { options: { ...applyOptions, exclude_packages: ['nginx'] } },
    ],
  ] satisfies Endpoint['takes'],
  refuses: [
    [{ patches: 'all' }, 'patches'],
    [{ patches: ['*'] }, 'patches.0'],
    [{ patches: [''] }, 'patches.0'],
    [{ patches: Array.from({ length: 201 }, () => 'USN-1') }, 'patches'],
    [{ options: { reboot: 'yes' } }, 'options.reboot'],
    [{ options: { reboot_delay_minutes: -1 } }, 'options.reboot_delay_minutes'],
    [{ options: { reboot_delay_minutes: 10_081 } }, 'options.reboot_delay_minutes'],
    [{ options: { reboot_delay_minutes: 0.5 } }, 'options.reboot_delay_minutes'],
    [{ options: { exclude_packages: ['*'] } }, 'options.exclude_packages.0'],
    [{ options: { allow_reboot: true } }, 'options'],
    [{ nonsense: 1 }, ''],
  ] satisfies Endpoint['refuses'],
}

const bound = {
  takes: [[{ expected_digest: digest }, { expected_digest: digest }]] satisfies Endpoint['takes'],
  refuses: ['', 'sha256:0', digest.toUpperCase(), `${digest}0`].map(
    (expected_digest): [Sent, string] => [{ expected_digest }, 'expected_digest'],
  ),
}
export const boundTo = <Kind extends typeof install | typeof update | typeof apply>(
  kind: Kind,
) => ({
  ...kind,
  takes: [...kind.takes, ...bound.takes],
  refuses: [...kind.refuses, ...bound.refuses],
})
