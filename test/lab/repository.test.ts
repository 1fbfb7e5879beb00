import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openLab } from './lab.ts'

const skip = skipWithout('lab')
const open = () => openLab({ hosts: ['web'], base: 'debian-12' })
const install = (...packages: string[]) => `apt-get install -y -q ${packages.join(' ')}`

test('a host installs from the signed repository, and apt sees the update', { skip }, async () => {
  await using lab = await open()
  const { web } = lab.hosts
  await web.aptUpdate()
  await web.sh(install('lab-hello=1.0-1'))

  const upgradable = await web.sh('apt-get --simulate upgrade')
  assert.match(upgradable, /^Inst lab-hello \[1\.0-1\] \(1\.1-1 Debian:stable-updates /m)
})

test('the security suite is told from the others', { skip }, async () => {
  await using lab = await open()
  const { web } = lab.hosts
  await web.aptUpdate()
  await web.sh(install('lab-lib=1.0-1', 'lab-libtool=1.0-1'))

  const upgradable = await web.sh('apt-get --simulate upgrade')
  assert.match(upgradable, /^Inst lab-libtool .*Debian-Security:stable-security /m)
  assert.match(await web.sh('apt-get changelog lab-lib'), /CVE-2025-10001/)
})

test('packages that a test adds are there after the next update', { skip }, async () => {
  await using lab = await open()
  const { web } = lab.hosts
  await web.aptUpdate()
  await web.sh(install('lab-hello'))

  await lab.repository.add({ name: 'lab-hello', version: '1.2-1', suite: 'security' })
  await web.aptUpdate()
  assert.match(await web.sh('apt-get --simulate upgrade'), /^Inst lab-hello \[1\.1-1\] \(1\.2-1 /m)
})

test('real packages are served from where they lie', { skip }, async () => {
  await using lab = await open()
  await using another = await open()
  const { web } = another.hosts
  await another.repository.add({ name: 'lab-real', version: '1.0-1', suite: 'updates' })
  await web.aptUpdate()
  await web.sh('cd /var/tmp && apt-get download -q lab-real')

  await lab.repository.addDebs([`${web.root}/var/tmp/lab-real_1.0-1_all.deb`], 'updates')
  await lab.hosts.web.aptUpdate()
  await lab.hosts.web.sh(install('lab-real'))
})

test('the mirror loses files, and is slow, when told so', { skip }, async () => {
  await using lab = await open()
  const { web } = lab.hosts
  const { faults } = lab.repository
  await web.aptUpdate()

  faults.missing = /lab-base_/
  await assert.rejects(web.sh(install('lab-base')), /404/)
  faults.missing = undefined
  await web.sh(install('lab-base'))

  faults.bytes_per_second = 1000
  const { exitCode } = await web.exec(['timeout', '2', 'apt-get', 'download', 'lab-big'])
  assert.equal(exitCode, 124)
})

test('the packages that make trouble make it', { skip }, async () => {
  await using lab = await open()
  const { web } = lab.hosts
  await web.aptUpdate()

  await assert.rejects(web.sh(install('lab-fail')), /lab-fail: boom/)
  await assert.rejects(web.sh(install('lab-broken')), /held broken packages/)
  await web.sh('touch /etc/lab-fail-ok; echo 0 >/etc/lab-sleep; dpkg --configure -a')
  const old = [
    'lab-sleep=1.0-1',
    'lab-conf=1.0-1',
    'lab-kernelish=1.0-1',
    'lab-keptback=1.0-1',
    'lab-svc=1.0-1',
  ]
  await web.sh(install(...old))
  assert.match(await web.sh('apt-get upgrade -y'), /kept back:\s+lab-keptback/)
  assert.equal(await web.read('/run/reboot-required.pkgs'), 'lab-kernelish')
  assert.equal(await web.sh('systemctl is-active lab-svc'), 'active')
})
