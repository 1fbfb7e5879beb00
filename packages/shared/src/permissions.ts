type About = {
  /** Asks for a password or a code that was given a short while ago. */
  dangerous?: true
  /** Is about more than the hosts of groups: of use only to people who see all hosts. */
  everywhere?: true
}

/** Everything a person may be allowed to do in the manager. Every endpoint names one of these. */
const registry = {
  'self:read': {},
  'self:password': {},
  'self:mfa': {},
  'self:sessions': {},
  'self:tokens': {},
  'enrollment:read': { everywhere: true },
  'enrollment:approve': { dangerous: true, everywhere: true },
  'enrollment:deny': { dangerous: true, everywhere: true },
  'join_code:read': { everywhere: true },
  'join_code:write': { dangerous: true, everywhere: true },
  'host:read': {},
  'host:write': {},
  'host:delete': { dangerous: true },
  'group:read': {},
  'group:write': { everywhere: true },
  'group:delete': { dangerous: true, everywhere: true },
  'group:assign': {},
  'cert:read': {},
  'cert:download': {},
  'cert:issue': { dangerous: true },
  'cert:issue_operator': { dangerous: true, everywhere: true },
  'cert:renew': {},
  'cert:revoke': { dangerous: true },
  'ca:manage': { dangerous: true, everywhere: true },
  'job:read': {},
  'job:create': {},
  'job:cancel': {},
  'job:rollback': { dangerous: true },
  'job:reboot': { dangerous: true },
  'user:read': {},
  'user:write': { dangerous: true, everywhere: true },
  'user:reset_password': { dangerous: true, everywhere: true },
  'user:reset_mfa': { dangerous: true, everywhere: true },
  'user:revoke_sessions': { dangerous: true, everywhere: true },
  'user:unlock': { dangerous: true, everywhere: true },
  'role:read': {},
  'role:write': { dangerous: true, everywhere: true },
  'role:assign': { dangerous: true, everywhere: true },
  'token:read': {},
  'token:create': { dangerous: true },
  'token:revoke': {},
  'settings:read': {},
  'settings:write': { dangerous: true, everywhere: true },
  'settings:test': { everywhere: true },
  'audit:read': { everywhere: true },
  'audit:export': { everywhere: true },
  'audit:verify': { everywhere: true },
} as const satisfies Record<string, About>

export type Permission = keyof typeof registry
export const permissions = Object.keys(registry) as Permission[]

export const isPermission = (name: string): name is Permission => Object.hasOwn(registry, name)

export const isDangerous = (permission: Permission): boolean =>
  (registry[permission] as About).dangerous ?? false

/** Whether it is about more than the hosts of groups, so that groups cannot limit it. */
export const isEverywhere = (permission: Permission): boolean =>
  (registry[permission] as About).everywhere ?? false

/** What a role lets its holder do, and where: on all hosts, or (`scoped`) on those of his groups and those in no group. */
export type RoleRights = { permissions: readonly Permission[]; scoped: boolean }

/** What everybody may do with what is their own, whatever their role. */
export const isOwn = (permission: Permission): boolean => permission.startsWith('self:')
const own = permissions.filter(isOwn)

/** Whether an API token may have it: nothing about passwords and sessions, and nothing that would make it more tokens. */
export const isForTokens = (permission: Permission): boolean =>
  permission === 'self:read' || !(isOwn(permission) || permission === 'token:create')
const reading = ['host:read', 'group:read', 'job:read'] as const

/** The roles that are always there, and that nobody can change. */
export const builtInRoles = {
  admin: { permissions, scoped: false },
  operator: {
    scoped: true,
    permissions: [
      ...own,
      ...reading,
      'host:write',
      'host:delete',
      'group:assign',
      'cert:read',
      'cert:download',
      'cert:renew',
      'job:create',
      'job:cancel',
      'job:rollback',
      'job:reboot',
      'token:create',
      'settings:read',
    ],
  },
  auditor: {
    scoped: false,
    permissions: [
      ...own,
      ...reading,
      'enrollment:read',
      'cert:read',
      'cert:download',
      'user:read',
      'role:read',
      'settings:read',
      'audit:read',
      'audit:export',
      'audit:verify',
    ],
  },
  viewer: { scoped: true, permissions: [...own, ...reading] },
} as const satisfies Record<string, RoleRights>
export type BuiltInRole = keyof typeof builtInRoles

/** The rights of a built-in role; undefined for any other. */
export const rightsOfBuiltIn = (role: string): RoleRights | undefined =>
  Object.hasOwn(builtInRoles, role) ? builtInRoles[role as BuiltInRole] : undefined

/** The rights of a role that was made here, with what everybody may do with what is their own. */
export const withOwn = ({ permissions, scoped }: RoleRights): RoleRights => ({
  permissions: [...new Set([...own, ...permissions])],
  scoped,
})

/** What a host lets anyone ask of it, the manager included. Set in the host's own configuration. */
export const hostOperations = ['read', 'patch', 'install', 'remove', 'reboot'] as const
export type HostOperation = (typeof hostOperations)[number]
