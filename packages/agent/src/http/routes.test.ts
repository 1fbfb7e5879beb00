import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostOperation } from '@linux-patch/shared/permissions'
import { allowing } from './admit.ts'
import { routes, type Services } from './routes.ts'

/** The routes of a host that allows so much, and whether a job was begun. */
function host(operations: HostOperation[]) {
  const begun: string[] = []
  const jobs = { applyPatches: async () => void begun.push('patch_apply') }
  const services = { jobs } as unknown as Services
  const { applyPatches } = routes(
    services,
    allowing(() => operations),
  )
  const apply = async (reboot: boolean) =>
    applyPatches(
      { patches: [], options: { reboot, reboot_delay_minutes: 0, exclude_packages: [] } },
      {} as Parameters<typeof applyPatches>[1],
    )
  return { begun, apply }
}

test('patches with a reboot need a host that may be rebooted', async () => {
  const { begun, apply } = host(['read', 'patch'])
  await assert.rejects(apply(true), {
    code: 'AUTHZ_OPERATION_DENIED',
    details: { operation: 'reboot' },
  })
  assert.deepEqual(begun, [])
  await apply(false)
  assert.deepEqual(begun, ['patch_apply'])
})

test('and where it may be, they are taken with one', async () => {
  const { begun, apply } = host(['patch', 'reboot'])
  await apply(true)
  assert.deepEqual(begun, ['patch_apply'])
})
