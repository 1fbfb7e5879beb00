import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TransactionChange } from '@linux-patch/shared/transaction'
import { checkDisk, diskChanges, lookAtDisk } from './disk.ts'

const MIB = 1024 * 1024
const plan = { changes: [], download_bytes: 100 * MIB, disk_bytes: 200 * MIB }
const disks = (variable: number, programs: number, areOne: boolean) => async (folder: string) => {
  if (folder === '/boot') return undefined
  if (folder === '/var') return { device: 1, free_bytes: variable * MIB }
  return { device: areOne ? 1 : 2, free_bytes: programs * MIB }
}
const refused = { code: 'PKG_MANAGER_ERROR', message: /not enough room/ }
const kernel: TransactionChange = {
  name: 'linux-image-6.1.0-44-amd64',
  action: 'install',
  version_before: null,
  version_planned: '6.1.170-1',
  download_bytes: 0,
  origins: [],
  security: false,
}

test('downloads and programs are counted together where they share a disk, with a margin', async () => {
  await assert.rejects(checkDisk(plan, disks(379, 379, true)), refused)
  await checkDisk(plan, disks(381, 381, true))
})

test('downloads go to /var and programs to /usr where these are two disks', async () => {
  await checkDisk(plan, disks(161, 271, false))
  await assert.rejects(checkDisk(plan, disks(159, 1000, false)), /in \/var/)
  await assert.rejects(checkDisk(plan, disks(1000, 269, false)), /in \//)
})

test('what frees room needs none, even on a full disk', async () => {
  await checkDisk({ changes: [], download_bytes: 0, disk_bytes: -5 }, disks(0, 0, true))
})

test('a new kernel needs room in /boot, where that is a disk of its own', async () => {
  const look = async (folder: string) => ({
    device: folder === '/boot' ? 2 : 1,
    free_bytes: (folder === '/boot' ? 100 : 10_000) * MIB,
  })
  await assert.rejects(checkDisk({ ...plan, changes: [kernel] }, look), /in \/boot/)
  await checkDisk({ ...plan, changes: [{ ...kernel, action: 'remove' }] }, look)
})

test('each disk is named once, by the first folder that is on it', async () => {
  const one = await diskChanges(plan, disks(500, 500, true))
  assert.deepEqual(one, [{ mount: '/', needed_bytes: 300 * MIB, free_bytes: 500 * MIB }])
  const two = await diskChanges({ ...plan, disk_bytes: -MIB }, disks(400, 500, false))
  assert.deepEqual(two, [
    { mount: '/', needed_bytes: -MIB, free_bytes: 500 * MIB },
    { mount: '/var', needed_bytes: 100 * MIB, free_bytes: 400 * MIB },
  ])
})

test('this very host has a disk, and no folder that it has not', async () => {
  const disk = await lookAtDisk('/var')
  assert.ok(disk && disk.free_bytes > 0)
  assert.equal(await lookAtDisk('/no/such/folder'), undefined)
})
