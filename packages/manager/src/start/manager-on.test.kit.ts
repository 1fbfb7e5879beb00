import type { TestEngine } from '../db/engines.test.kit.ts'
import { manager } from './manager.test.kit.ts'

/** For tests only: a whole manager on an empty database of this engine. */
export async function managerOn({ place }: TestEngine) {
  const { url, remove } = await place()
  const world = await manager({ settings: { database: { url } } })
  const close = world[Symbol.asyncDispose].bind(world)
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await close()
      await remove()
    },
  }
}
