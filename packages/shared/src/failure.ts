/**
 * Everything that may go wrong on purpose, the HTTP status it travels as, and whether asking again can help.
 * Codes are part of the two contracts: callers branch on them, so a code is never renamed.
 */
export const agentFailures = {
  AUTH_INVALID_CERT: { status: 401, retryable: false },
  AUTH_CERT_EXPIRED: { status: 401, retryable: false },
  AUTHZ_IP_DENIED: { status: 403, retryable: false },
  AUTHZ_OPERATION_DENIED: { status: 403, retryable: false },
  PKG_NOT_FOUND: { status: 404, retryable: false },
  PKG_MANAGER_ERROR: { status: 500, retryable: true },
  PKG_DEPENDENCY_ERROR: { status: 400, retryable: false },
  PKG_VERSION_CONFLICT: { status: 400, retryable: false },
  PATCH_NOT_FOUND: { status: 404, retryable: false },
  PATCH_APPLY_ERROR: { status: 500, retryable: true },
  JOB_NOT_FOUND: { status: 404, retryable: false },
  JOB_TIMEOUT: { status: 408, retryable: true },
  JOB_CANCELLED: { status: 400, retryable: false },
  JOB_CONFLICT: { status: 409, retryable: true },
  PLAN_DRIFT: { status: 409, retryable: false },
  CONFIG_INVALID: { status: 400, retryable: false },
  CONFIG_RELOAD_ERROR: { status: 500, retryable: true },
  SERVICE_UNHEALTHY: { status: 503, retryable: true },
  SYSTEM_REBOOT_ERROR: { status: 500, retryable: true },
  INVALID_REQUEST: { status: 400, retryable: false },
  RATE_LIMIT_EXCEEDED: { status: 429, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>

const managerFailures = {
  invalid_request: { status: 400, retryable: false },
  invalid_handoff: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  invalid_credentials: { status: 401, retryable: false },
  mfa_required: { status: 401, retryable: false },
  account_disabled: { status: 403, retryable: false },
  account_locked: { status: 423, retryable: true },
  password_reset_required: { status: 403, retryable: false },
  mfa_setup_required: { status: 403, retryable: false },
  step_up_required: { status: 403, retryable: false },
  forbidden_role: { status: 403, retryable: false },
  forbidden_scope: { status: 403, retryable: false },
  forbidden_origin: { status: 403, retryable: false },
  enrollment_denied: { status: 403, retryable: false },
  enrollment_expired: { status: 404, retryable: false },
  not_found: { status: 404, retryable: false },
  conflict: { status: 409, retryable: false },
  mfa_enforced: { status: 409, retryable: false },
  blocked_by_dependencies: { status: 409, retryable: false },
  idempotency_conflict: { status: 409, retryable: false },
  host_retired: { status: 410, retryable: false },
  rate_limited: { status: 429, retryable: true },
  internal: { status: 500, retryable: true },
  host_unreachable: { status: 502, retryable: true },
  provider_unavailable: { status: 502, retryable: true },
  host_refused: { status: 502, retryable: false },
  unavailable: { status: 503, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>

export type AgentFailureCode = keyof typeof agentFailures
type ManagerFailureCode = keyof typeof managerFailures
export type FailureCode = AgentFailureCode | ManagerFailureCode

/** Both tables as one: the codes of the two APIs are spelt differently, so none can be mistaken. */
export const failures = { ...agentFailures, ...managerFailures }

export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(failures, code)

type FailureOptions = ErrorOptions & { details?: Record<string, unknown> }

/** A failure whose message may be shown to the person who caused it. Anything else thrown is a bug. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  /** What a program needs to act on it: the fields at fault, seconds to wait, the host in conflict. */
  readonly details: Record<string, unknown>

  constructor(
    code: FailureCode,
    message: string,
    { details = {}, ...options }: FailureOptions = {},
  ) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** Whether asking again may help. */
export const isRetryable = (error: unknown) =>
  error instanceof Failure && failures[error.code].retryable
