import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { captured } from './captured.test.kit.ts'
import { parseUpdateinfo, updateinfoReader } from './updateinfo.ts'

// Made up, each in the shape in which its distribution publishes.

const rocky = `<?xml version="1.0" encoding="UTF-8"?>
<updates>
  <update from="releng@rockylinux.org" status="final" type="security" version="2">
    <id>RLSA-2023:2340</id>
    <title>Moderate: fwupd security update</title>
    <issued date="2023-05-09 05:21:32"/>
    <updated date="2023-05-09 05:21:32"/>
    <rights>Copyright 2023 Rocky Enterprise Software Foundation</rights>
    <release>Rocky Linux 9</release>
    <pushcount>1</pushcount>
    <severity>Moderate</severity>
    <summary>An update is available for fwupd.</summary>
    <description><![CDATA[A bug in a < b & others.]]></description>
    <solution/>
    <references>
      <reference href="https://access.example.invalid/CVE-2022-3287" id="CVE-2022-3287" type="cve" title=""/>
      <reference href="https://bugzilla.example.invalid/2129904" id="2129904" type="bugzilla" title=""/>
    </references>
    <pkglist>
      <collection short="rocky-linux-9-x86-64-baseos-rpms">
        <name>rocky-linux-9-x86-64-baseos-rpms</name>
        <module stream="1.0" version="9020020230509" arch="x86_64" name="fw" context="rhel9"/>
        <package name="fwupd" arch="x86_64" epoch="1" version="1.7.9" release="2.el9_2" src="fwupd-1.7.9-2.el9_2.src.rpm">
          <filename>fwupd-1.7.9-2.el9_2.x86_64.rpm</filename>
          <sum type="sha256">0f</sum>
        </package>
      </collection>
    </pkglist>
  </update>
</updates>`

const alma = rocky
  .replaceAll('RLSA', 'ALSA')
  .replace('date="2023-05-09 05:21:32"', 'date="2023-05-09T05:21:32Z"')

const fedora = `<?xml version='1.0' encoding='UTF-8'?>
<updates><update from="updates@fedoraproject.org" status="stable" type="security" version="2.0">
  <id>FEDORA-2023-9f0a1b2c3d</id><title>kernel-6.2.9-300.fc38</title>
  <issued date="2023-04-10 02:17:15"/><rights>Copyright (C) 2023 Red Hat</rights><release>Fedora 38</release>
  <severity>None</severity><summary>kernel update</summary><description>Two lines
of it.</description>
  <references>
    <reference href="https://bugzilla.example.invalid/1" id="2183339" type="bugzilla" title="CVE-2023-1611 kernel: race between quota disable and quota assign [fedora-all]"/>
    <reference href="https://bugzilla.example.invalid/2" id="2183340" type="bugzilla" title="It does not boot"/>
  </references>
  <pkglist><collection short="F38"><name>Fedora 38</name>
    <package name="kernel-core" version="6.2.9" release="300.fc38" epoch="0" arch="x86_64" src="kernel-6.2.9-300.fc38.src.rpm"><filename>k.rpm</filename><reboot_suggested>True</reboot_suggested></package>
    <package name="kernel-doc" version="6.2.9" release="300.fc38" epoch="0" arch="noarch" src="kernel-6.2.9-300.fc38.src.rpm"><filename>d.rpm</filename><reboot_suggested>False</reboot_suggested></package>
  </collection></pkglist></update></updates>`

const amazon = `<?xml version="1.0" ?>
<updates><update author="a@example.invalid" from="a@example.invalid" status="final" type="security" version="1.4">
  <id>ALAS2023-2023-070</id><title>ALAS2023-2023-070: Important priority package update for vim</title>
  <issued date="2023-02-17 00:36" /><updated date="2023-02-22 23:44" /><severity>important</severity>
  <description>Package updates are available for vim: CVE-2022-47024</description>
  <references><reference href="http://cve.example.invalid/CVE-2022-47024" id="CVE-2022-47024" title="" type="cve" /></references>
  <pkglist><collection short="amazon-linux-2023"><name>Amazon Linux 2023</name>
    <package arch="aarch64" epoch="2" name="vim-minimal" release="1.amzn2023" version="9.0.1160"><filename>v.rpm</filename><reboot_suggested/></package>
  </collection></pkglist></update></updates>`

test('an advisory is told with its packages, whoever published it', () => {
  const [found] = parseUpdateinfo(rocky)
  assert.deepEqual(found, {
    id: 'RLSA-2023:2340',
    type: 'security',
    title: 'Moderate: fwupd security update',
    severity: 'Moderate',
    issued_at: '2023-05-09T05:21:32.000Z',
    description: 'A bug in a < b & others.',
    cve_ids: ['CVE-2022-3287'],
    packages: [
      { name: 'fwupd', version: '1:1.7.9-2.el9_2', arch: 'x86_64', requires_reboot: false },
    ],
  })
  assert.deepEqual(parseUpdateinfo(alma), [{ ...found, id: 'ALSA-2023:2340' }])
})

test('where bugs alone name the holes, they are found in the titles', () => {
  const [found] = parseUpdateinfo(fedora)
  assert.deepEqual([found?.cve_ids, found?.severity], [['CVE-2023-1611'], 'None'])
  assert.equal(found?.description, 'Two lines\nof it.')
})

test('a reboot is wanted for the packages that say so, with a word or without', () => {
  const wanted = [fedora, amazon]
    .flatMap(parseUpdateinfo)
    .flatMap(({ packages }) => packages.map((one) => [one.name, one.requires_reboot]))
  assert.deepEqual(wanted, [
    ['kernel-core', true],
    ['kernel-doc', false],
    ['vim-minimal', true],
  ])
})

test('a day without seconds, or without a time, is a day', () => {
  assert.equal(parseUpdateinfo(amazon)[0]?.issued_at, '2023-02-17T00:36:00.000Z')
  const day = rocky.replace('date="2023-05-09 05:21:32"', 'date="2023-05-09"')
  assert.equal(parseUpdateinfo(day)[0]?.issued_at, '2023-05-09T00:00:00.000Z')
  const none = rocky.replace('date="2023-05-09 05:21:32"', 'date="soon"')
  assert.equal(parseUpdateinfo(none)[0]?.issued_at, null)
})

test('it may come in pieces, cut anywhere', () => {
  fc.assert(
    fc.property(fc.nat(rocky.length), (at) => {
      const reader = updateinfoReader()
      reader.write(rocky.slice(0, at))
      reader.write(rocky.slice(at))
      assert.deepEqual(reader.end(), parseUpdateinfo(rocky))
    }),
    { numRuns: 50 },
  )
})

test('what is no XML, or is cut off, is an error', () => {
  for (const text of ['<updates><update>', rocky.slice(0, -20), 'hello'])
    assert.throws(() => parseUpdateinfo(text), { code: 'PKG_MANAGER_ERROR' }, text)
})

test('the advisories of the lab have all severities', () => {
  const found = parseUpdateinfo(captured('lab-updateinfo.xml'))
  assert.deepEqual(
    found.map(({ severity }) => severity),
    ['Important', 'Critical', 'Moderate', 'Low', 'None', 'None'],
  )
  assert.equal(found.at(-1)?.title, 'lab-hello & friends enhancement update')
})
