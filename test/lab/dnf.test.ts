import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openLab } from './lab.ts'

const skip = skipWithout('dnf')
const open = () => openLab({ hosts: ['rocky'], base: 'dnf' })
const install = (...packages: string[]) => `dnf -y install ${packages.join(' ')}`

test('a host upgrades with dnf from the signed repository', { skip }, async () => {
  await using lab = await open()
  const { rocky } = lab.hosts
  await rocky.sh(install('lab-hello-1.0', 'lab-held-1.0'))
  assert.match(await rocky.read('/etc/os-release'), /^ID="rocky"$/m)

  await rocky.sh('dnf -y upgrade')
  assert.equal(await rocky.sh("rpm -q --qf '%{EVR}' lab-hello"), '1.1-1')
  assert.equal(await rocky.sh("rpm -q --qf '%{EVR}' lab-held"), '1:1.1-1')
})

test('advisories of every severity are about the packages', { skip }, async () => {
  await using lab = await open()
  const { rocky } = lab.hosts
  const old = ['lab-lib-1.0-1', 'kernel-5.14.0-1', 'lab-newdep-1.0', 'lab-fail-1.0', 'lab-conf-1.0']
  await rocky.sh(install(...old))

  const list = await rocky.sh('dnf -q updateinfo list')
  for (const severity of ['Critical', 'Important', 'Moderate', 'Low'])
    assert.match(list, new RegExp(` ${severity}/Sec\\. `))
  assert.match(list, /^RLBA-2025:0005 +bugfix +lab-conf-2\.0-1\.noarch$/m)
})

test('the packages that make trouble make it', { skip }, async () => {
  await using lab = await open()
  const { rocky } = lab.hosts
  await rocky.sh(install('lab-fail-1.0', 'lab-failpre-1.0', 'lab-keptback-1.0', 'kernel-5.14.0-1'))

  await assert.rejects(rocky.sh(install('lab-broken')), /nothing provides lab-does-not-exist/)
  await assert.rejects(rocky.sh(install('lab-unsigned')), /not signed/)
  await assert.rejects(rocky.sh(install('lab-failpre')), /lab-pre: boom/)
  await assert.rejects(rocky.sh(install('lab-asks')), /Do you accept the terms/)
  // dnf itself sees nothing wrong in this one.
  const { exitCode, stderr } = await rocky.exec(['dnf', '-y', 'upgrade', 'lab-fail'])
  assert.equal(exitCode, 0)
  assert.match(stderr, /Error in POSTIN scriptlet in rpm package lab-fail/)
  await rocky.sh(install('kernel'))
  assert.equal(await rocky.sh('rpm -q kernel | wc -l'), '2')
})

test('the mirror loses files, and is slow, when told so', { skip }, async () => {
  await using lab = await open()
  const { rocky } = lab.hosts
  const { faults } = lab.rpms

  faults.missing = /lab-base-/
  await assert.rejects(rocky.sh(install('lab-base')), /404/)
  faults.missing = undefined
  await rocky.sh(install('lab-base'))

  faults.bytes_per_second = 1000
  const download = ['timeout', '2', 'dnf', '-y', 'install', '--downloadonly', 'lab-big']
  assert.equal((await rocky.exec(download)).exitCode, 124)
})

test('packages and advisories that a test adds are there', { skip }, async () => {
  await using lab = await open()
  const { rocky } = lab.hosts
  await rocky.sh(install('lab-hello'))

  await lab.rpms.add({ name: 'lab-hello', version: '1.2', repository: 'lab' })
  assert.equal(await rocky.sh('dnf -q --refresh updateinfo list'), '')
  await rocky.sh('dnf -y --refresh upgrade')
  assert.equal(await rocky.sh("rpm -q --qf '%{VERSION}' lab-hello"), '1.2')
})

test('a host that lives by apt and one that lives by dnf see each other', { skip }, async () => {
  const base = { web: 'debian-12', rocky: 'dnf' } as const
  await using lab = await openLab({ hosts: ['web', 'rocky'], base })
  const { web, rocky } = lab.hosts

  await web.aptUpdate()
  await web.sh('apt-get install -y -q lab-base && ! command -v dnf')
  await rocky.sh(`${install('lab-base')} && getent hosts web`)
})

test('a host upgrades with dnf 5 from the same repository', { skip }, async () => {
  await using lab = await openLab({ hosts: ['fedora'], base: 'dnf5' })
  const { fedora } = lab.hosts
  assert.match(await fedora.sh('dnf --version'), /^dnf5 version 5\./)
  await fedora.sh(install('lab-hello-1.0', 'lab-lib-1.0-1'))

  const list = await fedora.sh('dnf -q advisory list')
  assert.match(list, /^RLSA-2025:0001 +security +Important +lab-lib-1\.0-2\.noarch/m)
  await fedora.sh('dnf -y upgrade')
  assert.equal(await fedora.sh("rpm -q --qf '%{EVR}' lab-hello"), '1.1-1')
  // Beside it is the library that the agent asks.
  await fedora.sh("python3 -c 'import libdnf5.base'")
})
