import type { Contract } from './contract.ts'
import { auditApi } from './manager-api/audit.ts'
import { apiTokenApi } from './manager-api/api-tokens.ts'
import { authorityApi } from './manager-api/authority.ts'
import { certificateApi } from './manager-api/certificates.ts'
import { enrollmentApi } from './manager-api/enrollment.ts'
import { groupApi } from './manager-api/groups.ts'
import { healthApi } from './manager-api/health.ts'
import { hostApi } from './manager-api/hosts.ts'
import { jobApi } from './manager-api/jobs.ts'
import { joinCodeApi } from './manager-api/join-codes.ts'
import { roleApi } from './manager-api/roles.ts'
import { secondFactorApi } from './manager-api/second-factor.ts'
import { sessionApi } from './manager-api/sessions.ts'
import { settingsApi } from './manager-api/settings.ts'
import { userApi } from './manager-api/users.ts'
import { ssoApi } from './manager-api/sso.ts'

/** What the manager can be asked. Beside it there is its socket, `GET /ws/jobs`: live.ts. */
export const managerApi = {
  ...sessionApi,
  ...userApi,
  ...roleApi,
  ...secondFactorApi,
  ...ssoApi,
  ...apiTokenApi,
  ...enrollmentApi,
  ...authorityApi,
  ...joinCodeApi,
  ...hostApi,
  ...certificateApi,
  ...groupApi,
  ...jobApi,
  ...settingsApi,
  ...auditApi,
  ...healthApi,
} as const satisfies Contract
export type ManagerApi = typeof managerApi
