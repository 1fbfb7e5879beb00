import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../engines.test.kit.ts'
import { at } from '../samples.test.kit.ts'

const root = 'sha256:r'
const first = { fingerprint: root, cert_pem: 'pem', secret_name: 'authority', stage_since: at(0) }
const list = (number: number) => ({
  number,
  this_update: at(number),
  next_update: at(3600),
  bytes: Buffer.from([number]),
})

for (const { name, skip, open } of engines) {
  test(
    `${name}: of many who make a list at once, each gets a number of its own`,
    { skip },
    async () => {
      await using db = await open()
      const { authorityRoots, revocationLists } = db.stores
      await authorityRoots.addFirst(first)
      const numbers = await Promise.all(
        Array.from({ length: 8 }, () => revocationLists.takeNumber(root, 1)),
      )
      assert.deepEqual(
        numbers.toSorted((one, other) => one - other),
        [1, 2, 3, 4, 5, 6, 7, 8],
      )
      assert.equal(await revocationLists.find(root), undefined)
    },
  )

  test(
    `${name}: a number is never below the one that is asked for, nor again the same`,
    { skip },
    async () => {
      await using db = await open()
      const { authorityRoots, revocationLists } = db.stores
      await authorityRoots.addFirst(first)
      const in2040 = 2_208_988_800
      const numbers: number[] = []
      for (const at_least of [1, in2040, in2040, 5])
        numbers.push(await revocationLists.takeNumber(root, at_least))
      assert.deepEqual(numbers, [1, in2040, in2040 + 1, in2040 + 2])
      await revocationLists.keep(root, list(in2040))
      assert.equal((await revocationLists.findNumber(root))?.number, in2040)
    },
  )

  test(`${name}: an earlier list never takes the place of a later one`, { skip }, async () => {
    await using db = await open()
    const { authorityRoots, revocationLists } = db.stores
    await authorityRoots.addFirst(first)
    for (let number = 1; number <= 3; number++) await revocationLists.takeNumber(root, 1)
    await revocationLists.keep(root, list(2))
    await revocationLists.keep(root, list(1))
    assert.deepEqual(await revocationLists.find(root), list(2))
    await revocationLists.keep(root, list(3))
    assert.deepEqual(await revocationLists.findNumber(root), { number: 3, this_update: at(3) })
  })

  test(`${name}: there is one current root, and one that follows it`, { skip }, async () => {
    await using db = await open()
    const { authorityRoots } = db.stores
    const named = (fingerprint: string) => ({ ...first, fingerprint, secret_name: fingerprint })
    const stages = async () =>
      (await authorityRoots.list()).map(({ fingerprint, stage }) => `${fingerprint} ${stage}`)
    await authorityRoots.addFirst(named('a'))
    await authorityRoots.addFirst(named('b'))
    await authorityRoots.addNext(named('c'))
    await assert.rejects(authorityRoots.addNext(named('d')), { code: 'conflict' })
    assert.deepEqual(await stages(), ['a current', 'c next'])
    const finish = () => db.transaction((stores) => stores.authorityRoots.finish(at(5)))
    await finish()
    assert.deepEqual(await stages(), ['c current', 'a former'])
    await assert.rejects(finish(), { code: 'conflict' })
    assert.deepEqual(await stages(), ['c current', 'a former'])
  })
}
