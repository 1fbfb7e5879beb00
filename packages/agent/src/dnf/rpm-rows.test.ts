import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRows } from './rpm-rows.ts'

/** A row as rpm prints it, from one that is easier to read. */
const row = (text: string) => `${text.split('|').join('\x1f').replaceAll(' & ', '\x1d')}\x1e`

// Made up, each in the form in which its distribution fills these headers.
const rows = {
  rocky:
    'nodejs|1|20.12.2|2.module+el9.4.0+19+f3|x86_64|9021455|1763801040|Rocky Linux Build System (Peridot) <releng@rockylinux.org>|Rocky Enterprise Software Foundation|MIT and ASL 2.0|http://nodejs.org/|nodejs-20.12.2-2.module+el9.4.0+19+f3.src.rpm|libc.so.6()(64bit) & |nodejs & |JavaScript runtime',
  alma: 'kernel-core|0|5.14.0|503.11.1.el9_5|x86_64|52428800|1763801040|AlmaLinux Packaging Team <packager@almalinux.org>|AlmaLinux|GPLv2|https://www.kernel.org/|kernel-5.14.0-503.11.1.el9_5.src.rpm|||The Linux kernel',
  fedora:
    'rust-srpm-macros|0|26.3~rc1^20240101git|1.fc42|noarch|(none)|1763801040|Fedora Project|Fedora Project|MIT|https://pagure.io/|rust-packaging-26.3-1.fc42.src.rpm|(none) & |(none) & |Macros',
  amazon:
    'vim-minimal|2|9.0.2153|1.amzn2023.0.1|aarch64|1677000|1763801040|(none)|Amazon Linux|Vim and MIT|(none)|vim-9.0.2153-1.amzn2023.0.1.src.rpm|||A minimal version of the VIM editor',
}
const [node, kernel, macros, vim] = parseRows(Object.values(rows).map(row).join(''))

test('a package of each distribution has its version, its source and its maintainer', () => {
  assert.deepEqual(
    [node, kernel, macros, vim].map((one) => [one?.version, one?.source, one?.maintainer]),
    [
      [
        '1:20.12.2-2.module+el9.4.0+19+f3',
        'nodejs',
        'Rocky Linux Build System (Peridot) <releng@rockylinux.org>',
      ],
      ['5.14.0-503.11.1.el9_5', 'kernel', 'AlmaLinux Packaging Team <packager@almalinux.org>'],
      ['26.3~rc1^20240101git-1.fc42', 'rust-packaging', 'Fedora Project'],
      ['2:9.0.2153-1.amzn2023.0.1', 'vim', 'Amazon Linux'],
    ],
  )
})

test('what a header leaves out is unknown, and no zero and no word', () => {
  assert.deepEqual([macros?.size_bytes, macros?.requires, macros?.provides], [null, [], []])
  assert.deepEqual([vim?.homepage, vim?.size_bytes], [null, 1_677_000])
})

test('a row that is not whole is an error, never a missing package', () => {
  fc.assert(
    fc.property(fc.nat(13), (count) => {
      const cut = `${rows.alma.split('|').slice(0, count).join('\x1f')}\x1e`
      assert.throws(() => parseRows(cut), { code: 'PKG_MANAGER_ERROR' })
    }),
  )
})
