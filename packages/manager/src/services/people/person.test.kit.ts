import { builtInRoles, type BuiltInRole } from '@linux-patch/shared/permissions'
import type { Person } from '../caller.ts'

/** For tests only: somebody of that role who has signed in. */
export function somebody(role: BuiltInRole = 'admin', session_id = 'session'): Person {
  const { permissions, scoped } = builtInRoles[role]
  return {
    user: {
      id: 'user',
      username: role,
      display_name: '',
      email: null,
      role,
      provider: 'local',
      permissions: [...permissions],
      scoped,
      password_reset_required: false,
      mfa_enabled: false,
      mfa_setup_required: false,
    },
    permissions: new Set(permissions),
    scope: scoped ? { group_ids: [], ungrouped: true } : 'all',
    epoch: 0,
    session_id,
    token_id: null,
    confirmed_at: '2026-01-01T12:00:00.000Z',
  }
}
