import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import { addHosts, at, newCertificate } from '../samples.test.kit.ts'

for (const { name, skip, open } of engines) {
  test(`${name}: a certificate is found with its host, spelt either way`, { skip }, async () => {
    await using db = await open()
    const { certificates, hostCertificates, hosts } = db.stores
    const [host = ''] = await addHosts(db.stores, 1)
    await certificates.add({ ...newCertificate(1, host), serial: '4ab1' })
    const found = await hostCertificates.find('4AB1')
    assert.deepEqual(
      [found?.host_id, found?.name, found?.retired_at],
      [host, 'web-1.example', null],
    )
    await hosts.retire(host, 'Sold.', at(5))
    assert.equal((await hostCertificates.find('4ab1'))?.retired_at, at(5))
    assert.equal(await hostCertificates.find('4ab2'), undefined)
  })

  test(`${name}: the one in use is shown, until the one after it is`, { skip }, async () => {
    await using db = await open()
    const { certificates, hostCertificates, hosts } = db.stores
    const [host = ''] = await addHosts(db.stores, 1)
    const first = await certificates.add({ ...newCertificate(1, host), not_after: at(100) })
    const next = { ...newCertificate(2, host), not_after: at(200), replaces_id: first.id }
    const { id } = await certificates.add(next)
    const until = async () => (await hosts.get(host, 'all')).certificate_not_after
    assert.equal((await hostCertificates.successorOf(first.id))?.id, id)
    assert.equal(await until(), at(100))
    assert.equal(await hostCertificates.supersede(first.id, at(5)), true)
    assert.equal(await hostCertificates.supersede(first.id, at(6)), false)
    assert.equal(await until(), at(200))
    assert.equal((await certificates.get(first.id)).superseded_at, at(5))
  })

  test(`${name}: of several in the place of one, the one in use stays`, { skip }, async () => {
    await using db = await open()
    const { certificates, hostCertificates } = db.stores
    const [host = ''] = await addHosts(db.stores, 1)
    const first = await certificates.add(newCertificate(1, host))
    const after = (number: number) =>
      certificates.add({ ...newCertificate(number, host), replaces_id: first.id })
    const [lost, used] = [await after(2), await after(3)]
    await hostCertificates.dropSuccessors(first.id, at(5), used.id)
    const statusOf = async ({ id }: { id: string }) => (await certificates.get(id)).status
    assert.deepEqual([await statusOf(lost), await statusOf(used)], ['superseded', 'active'])
    await hostCertificates.dropSuccessors(first.id, at(6))
    assert.equal(await statusOf(used), 'superseded')
    assert.equal(await hostCertificates.successorOf(first.id), undefined)
  })

  test(
    `${name}: keys are known for ever, and certificates counted by the hour`,
    { skip },
    async () => {
      await using db = await open()
      const { certificates, hostCertificates } = db.stores
      const [host = ''] = await addHosts(db.stores, 1)
      const { spki_hash } = await certificates.add(newCertificate(1, host))
      await certificates.supersede(host, at(5))
      assert.equal(await hostCertificates.knowsKey(spki_hash), true)
      assert.equal(await hostCertificates.knowsKey('sha256:another'), false)
      assert.equal(await hostCertificates.countSince(host, '2025'), 1)
      assert.equal(await hostCertificates.countSince(host, at(0)), 0)
    },
  )

  test(
    `${name}: what ends soon is spoken of once, and only of managed hosts`,
    { skip },
    async () => {
      await using db = await open()
      const { certificates, hostCertificates, hosts } = db.stores
      const [one = '', gone = ''] = await addHosts(db.stores, 2)
      const { id } = await certificates.add(newCertificate(1, one))
      await certificates.add(newCertificate(2, gone))
      await hosts.retire(gone, 'Sold.', at(5))
      const ending = async () => (await hostCertificates.listEnding(at(3601))).map(({ id }) => id)
      assert.deepEqual(await ending(), [id])
      assert.deepEqual(await hostCertificates.listEnding(at(3600)), [])
      assert.equal(await hostCertificates.markExpiryTold(id, at(7)), true)
      assert.equal(await hostCertificates.markExpiryTold(id, at(8)), false)
      assert.deepEqual(await ending(), [])
    },
  )

  test(`${name}: only a host's certificate in force can be wanted anew`, { skip }, async () => {
    await using db = await open()
    const { certificates, hostCertificates } = db.stores
    const [one = '', two = ''] = await addHosts(db.stores, 2)
    const wanted = await certificates.add(newCertificate(1, one))
    const over = await certificates.add(newCertificate(2, two))
    await certificates.supersede(two, at(5))
    const ids = await hostCertificates.wantRenewal([wanted.id, over.id], at(6))
    assert.deepEqual(ids, [wanted.id])
    assert.deepEqual(await hostCertificates.wantRenewal([], at(6)), [])
    assert.equal((await certificates.get(wanted.id)).renewal_wanted_at, at(6))
  })
}
