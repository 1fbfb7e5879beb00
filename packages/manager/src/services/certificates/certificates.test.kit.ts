import { gate } from '../enrollment/enrollment.test.kit.ts'

/** For tests only: a manager and so many hosts that were approved, by their number. */
export async function hosts(count: number) {
  const world = await gate()
  const all: { id: string; fqdn: string }[] = []
  for (let number = 1; number <= count; number++) {
    const { confirmed } = await world.enroll(number)
    all.push(await world.admin.approveEnrollment(confirmed))
  }
  return { ...world, hosts: all }
}
