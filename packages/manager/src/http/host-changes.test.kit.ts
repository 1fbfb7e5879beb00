import type { Fleet } from '../orchestration/fleet.test.kit.ts'
import { revertible } from '../agents/answers.test.kit.ts'
import { asking, confirming } from '../services/enrollment/enrollment.test.kit.ts'
import { another, group, host, nextNumber, type Changes } from './change-scenes.test.kit.ts'

const joinCode = (world: Fleet) =>
  world.admin.createJoinCode({ name: another(), uses: 1, expires_in_hours: 1 })
async function waiting(world: Fleet) {
  const asked = await asking(nextNumber())
  await world.as().enroll(asked)
  const { enrollments } = await world.admin.listEnrollments()
  return enrollments.find(({ machine_id }) => machine_id === asked.machine_id)!
}
const job = async ({ admin, ...world }: Fleet) => {
  const { id } = await host({ admin, ...world })
  return admin.createJob({ kind: 'patch_apply', host_ids: [id] })
}

/** For tests only: what is done about hosts and jobs, and what hosts do to come in. */
export const hostChanges: Changes = {
  enroll: [
    'enrollment_request',
    async (world) => [(await world.as().enroll(await asking(nextNumber()))).polling_token],
  ],
  approveEnrollment: [
    'enrollment_approve',
    async (world) => {
      await world.admin.approveEnrollment(confirming(await waiting(world)))
    },
  ],
  denyEnrollment: [
    'enrollment_deny',
    async (world) => {
      const { id } = await waiting(world)
      await world.admin.denyEnrollment({ id, reason: 'Unknown.' })
    },
  ],
  createJoinCode: ['join_code_create', async (world) => [(await joinCode(world)).code]],
  revokeJoinCode: [
    'join_code_revoke',
    async (world) => world.admin.revokeJoinCode({ id: (await joinCode(world)).id }),
  ],
  addHost: ['host_add', async (world) => void (await host(world))],
  changeHost: [
    'host_change',
    async (world) =>
      void (await world.admin.changeHost({ id: (await host(world)).id, notes: 'Old.' })),
  ],
  retireHost: [
    'host_retire',
    async (world) => world.admin.retireHost({ id: (await host(world)).id }),
  ],
  refreshHost: [
    'host_refresh',
    async (world) => void (await world.admin.refreshHost({ id: world.agent.host_id })),
  ],
  addHostToGroup: [
    'group_host_add',
    async (world) => {
      const group_id = (await group(world)).id
      await world.admin.addHostToGroup({ id: world.agent.host_id, group_id })
    },
  ],
  removeHostFromGroup: [
    'group_host_remove',
    async (world) => {
      const [id, group_id] = [world.agent.host_id, (await group(world)).id]
      await world.admin.addHostToGroup({ id, group_id })
      await world.admin.removeHostFromGroup({ id, group_id })
    },
  ],
  createJob: ['job_create', async (world) => void (await job(world))],
  cancelJob: [
    'job_cancel',
    async (world) => void (await world.admin.cancelJob({ id: (await job(world)).id })),
  ],
  rollbackJob: [
    'job_rollback',
    async (world) => {
      const { answers, jobs } = world.agent
      answers.getJob = ({ job_id }) => ({ ...jobs.get(job_id)!, ...revertible })
      const { id } = await world.ended((await world.patch()).id)
      await world.admin.rollbackJob({ id })
    },
  ],
}
