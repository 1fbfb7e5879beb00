import type { Handlers } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import { managerApi, type ManagerApi } from '@linux-patch/shared/manager-api'
import { personOf, type Caller, type ManagerCall } from '../services/caller.ts'
import type { AdmitDeps } from './admit.ts'

type Handle = (input: unknown, call: ManagerCall) => unknown

/** What handlers find by themselves: hosts beyond his groups, and rights beyond his own. */
const codes: string[] = ['forbidden_scope', 'forbidden_role']

/** The same handlers; whoever reaches for what lies beyond him is on record, like one who lacks the right. */
export const recordingRefusals = (
  handlers: Handlers<ManagerApi, Caller>,
  onRefused: AdmitDeps['onRefused'],
): Handlers<ManagerApi, Caller> =>
  Object.fromEntries(
    Object.entries<Handle>(handlers as Record<string, Handle>).map(([name, handle]) => [
      name,
      async (input: unknown, call: ManagerCall) => {
        try {
          return await handle(input, call)
        } catch (error) {
          if (error instanceof Failure && codes.includes(error.code))
            await onRefused(personOf(call), accessOf(name), call, error.details)
          throw error
        }
      },
    ]),
  ) as Handlers<ManagerApi, Caller>

const accessOf = (name: string) => managerApi[name as keyof ManagerApi].access
