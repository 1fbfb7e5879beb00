import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDisk, lookAtDisk } from './disk.ts'

const MIB = 1024 * 1024
const plan = { changes: [], download_bytes: 100 * MIB, disk_bytes: 200 * MIB }
const disks = (variable: number, programs: number, areOne: boolean) => async (folder: string) =>
  folder === '/var'
    ? { device: 1, free_bytes: variable * MIB }
    : { device: areOne ? 1 : 2, free_bytes: programs * MIB }
const refused = { code: 'PKG_MANAGER_ERROR', message: /not enough room/ }

test('downloads and programs are counted together where they share a disk, with a margin', async () => {
  await assert.rejects(checkDisk(plan, disks(379, 379, true)), refused)
  await checkDisk(plan, disks(381, 381, true))
})

test('downloads go to /var and programs to /usr where these are two disks', async () => {
  await checkDisk(plan, disks(161, 271, false))
  await assert.rejects(checkDisk(plan, disks(159, 1000, false)), /in \/var/)
  await assert.rejects(checkDisk(plan, disks(1000, 269, false)), /in \/usr/)
})

test('what frees room needs none, even on a full disk', async () => {
  await checkDisk({ changes: [], download_bytes: 0, disk_bytes: -5 }, disks(0, 0, true))
})

test('this very host has a disk', async () => {
  const { free_bytes } = await lookAtDisk('/var')
  assert.ok(free_bytes > 0)
})
