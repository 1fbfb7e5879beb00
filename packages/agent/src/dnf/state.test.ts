import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostWith } from './host.test.kit.ts'
import { fingerprint, untilChanged } from './state.ts'

const REPODATA = 'var/cache/dnf/lab-f8a316f8ab967e6a/repodata'

for (const path of [
  'var/lib/rpm/rpmdb.sqlite',
  'usr/lib/sysimage/rpm/rpmdb.sqlite-wal',
  'var/lib/dnf/history.sqlite',
  'etc/dnf/dnf.conf',
  'etc/dnf/modules.d/lab.module',
  'etc/yum.repos.d/lab.repo',
  'etc/dnf/repos.override.d/99-config_manager.repo',
  'etc/dnf/versionlock.toml',
  'usr/lib/sysimage/libdnf5/packages.toml',
  `${REPODATA}/repomd.xml`,
  'var/cache/libdnf5/lab-f8a316f8ab967e6a/repodata/repomd.xml',
])
  test(`what is decided by ${path} is decided anew once that changes`, async () => {
    const { root, write } = hostWith({})
    const marks = [await fingerprint(root)]
    for (const text of ['one', 'another']) {
      write(path, text)
      marks.push(await fingerprint(root))
    }
    assert.equal(new Set(marks).size, 3)
  })

test('what dnf leaves where it only looked changes nothing', async () => {
  const { root, write } = hostWith({
    [`${REPODATA}/repomd.xml`]: '',
    'usr/lib/sysimage/libdnf5/packages.toml': '',
  })
  const before = await fingerprint(root)
  for (const name of ['lab.solv', 'lab-filenames.solvx', 'metadata_lock.pid', 'tempfiles.json'])
    write(`var/cache/dnf/${name}`, 'new')
  write('usr/lib/sysimage/libdnf5/transaction_history.sqlite-shm', 'new')
  assert.equal(await fingerprint(root), before)
})

test('an answer is kept until then, shared by whoever asks at once, and no failure is kept', async () => {
  const { root, write } = hostWith({ 'var/lib/rpm/rpmdb.sqlite': '' })
  let computed = 0
  const answer = untilChanged(root, async () => {
    computed += 1
    if (computed === 1) throw new Error('dnf did not answer')
    return computed
  })
  await assert.rejects(answer(), /did not answer/)
  assert.deepEqual(await Promise.all([answer(), answer()]), [2, 2])
  assert.equal(await answer(), 2)
  write('var/lib/rpm/rpmdb.sqlite', 'more')
  assert.equal(await answer(), 3)
})
