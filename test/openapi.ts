import { agentApi } from '@linux-patch/shared/agent-api'
import { envelope, FailedEnvelope, ManagerFailure } from '@linux-patch/shared/envelope'
import { managerApi } from '@linux-patch/shared/manager-api'
import { openapi } from '@linux-patch/shared/openapi'

/** Both APIs as the documents in docs/api have them. */
export const documents = {
  agent: openapi(agentApi, {
    info: {
      title: 'Linux Patch Manager: agent',
      version: '1.0.0',
      description: 'Mutual TLS 1.3 on port 12443, for callers whose address the host lets in.',
    },
    wrap: envelope,
    failure: FailedEnvelope,
    everywhere: [
      'INVALID_REQUEST',
      'AUTHZ_OPERATION_DENIED',
      'RATE_LIMIT_EXCEEDED',
      'SERVICE_UNHEALTHY',
    ],
  }),
  manager: openapi(managerApi, {
    info: {
      title: 'Linux Patch Manager: manager',
      version: '1.0.0',
      description: 'HTTPS on port 8443. Bearer tokens from POST /auth/login.',
    },
    wrap: (answer) => answer,
    failure: ManagerFailure,
    everywhere: ['invalid_request', 'unauthorized', 'forbidden_role', 'internal'],
  }),
}

export const placeOfDocument = (name: string) =>
  new URL(`../docs/api/${name}.openapi.json`, import.meta.url)

export const textOf = (document: Record<string, unknown>) =>
  `${JSON.stringify(document, null, 2)}\n`
