/** What a person may be allowed to do in the manager. Every endpoint names one of these. */
export const permissions = [
  'enrollment:read',
  'enrollment:approve',
  'enrollment:deny',
  'join_code:read',
  'join_code:write',
  'host:read',
  'host:write',
  'host:delete',
  'cert:read',
  'cert:download',
  'cert:issue',
  'cert:renew',
  'cert:revoke',
  'ca:manage',
  'group:read',
  'group:write',
  'job:read',
  'job:create',
  'job:cancel',
  'job:rollback',
  'job:reboot',
] as const
export type Permission = (typeof permissions)[number]

/** Which roles exist and what each may do. */
export const roles = {
  admin: permissions,
} as const satisfies Record<string, readonly Permission[]>
export type Role = keyof typeof roles

export const mayDo = (role: Role, permission: Permission) => roles[role].includes(permission)

/** What a host lets anyone ask of it, the manager included. Set in the host's own configuration. */
export const hostOperations = ['read', 'patch', 'install', 'remove', 'reboot'] as const
export type HostOperation = (typeof hostOperations)[number]
