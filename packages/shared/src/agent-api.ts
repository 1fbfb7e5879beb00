import { jobApi } from './agent-api/jobs.ts'
import { packageApi } from './agent-api/packages.ts'
import { patchApi } from './agent-api/patches.ts'
import { systemApi } from './agent-api/system.ts'
import type { Contract } from './contract.ts'

/** What an agent can be asked. Beside it there is its socket, `GET /ws/jobs`: live.ts. */
export const agentApi = {
  ...systemApi,
  ...packageApi,
  ...patchApi,
  ...jobApi,
} as const satisfies Contract
export type AgentApi = typeof agentApi
