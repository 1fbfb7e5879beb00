import type { Account } from '@linux-patch/shared/account'
import {
  IconDeviceMobileOff,
  IconEdit,
  IconKey,
  IconLockOpen,
  IconLogout,
  IconTrash,
} from '@tabler/icons-react'
import { api } from '../api.ts'
import { ActionMenu, type Action } from './action-menu.tsx'
import { EditUserForm } from './edit-user-form.tsx'
import { asking } from './question.tsx'
import { ResetPassword } from './reset-password.tsx'

/** What can be done about a user. */
export const UserMenu = ({ user }: { user: Account }) => (
  <ActionMenu
    label={`More about ${user.username}`}
    actions={[
      edit(user),
      ...(user.provider === 'local' ? [resetPassword(user)] : []),
      ...(user.mfa_enabled ? [resetMfa(user)] : []),
      unlock(user),
      endSessions(user),
      remove(user),
    ]}
  />
)

const edit = (user: Account): Action => ({
  words: 'Edit',
  Icon: IconEdit,
  call: 'changeUser',
  title: `Edit ${user.username}`,
  dialog: (onClose) => <EditUserForm user={user} onClose={onClose} />,
})

const resetPassword = (user: Account): Action => ({
  words: 'Reset password',
  Icon: IconKey,
  call: 'resetPassword',
  title: `Reset the password of ${user.username}`,
  holds: true,
  dialog: (onClose) => <ResetPassword user={user} onClose={onClose} />,
})

const resetMfa = ({ id, username }: Account) =>
  asking(
    {
      words: 'Reset second factor',
      Icon: IconDeviceMobileOff,
      call: 'resetMfa',
      title: `Take the second factor of ${username} away?`,
    },
    {
      act: () => api.resetMfa({ id }),
      reads: ['users'],
      submit: 'Take it away',
      refused: 'It stays',
      done: `${username} signs in without a second factor now.`,
      color: 'red',
      children:
        'For somebody whose phone is lost. Until another one is set up, a sign-in takes no code. All sessions of the user end.',
    },
  )

const unlock = ({ id, username }: Account) =>
  asking(
    {
      words: 'Unlock',
      Icon: IconLockOpen,
      call: 'unlockUser',
      title: `Unlock ${username}?`,
    },
    {
      act: () => api.unlockUser({ id }),
      reads: ['users'],
      submit: 'Unlock',
      refused: 'Not unlocked',
      done: `${username} may try again.`,
      children:
        'Too many wrong passwords or codes lock an account for a while. Unlocked, its owner can try again at once.',
    },
  )

const endSessions = ({ id, username }: Account) =>
  asking(
    {
      words: 'End all sessions',
      Icon: IconLogout,
      call: 'revokeSessions',
      title: `End all sessions of ${username}?`,
    },
    {
      act: () => api.revokeSessions({ id }),
      reads: ['users'],
      submit: 'End them',
      refused: 'Not ended',
      done: `${username} is signed out everywhere.`,
      children: 'The user is signed out everywhere at once, and may sign in again.',
    },
  )

const remove = ({ id, username }: Account) =>
  asking(
    {
      words: 'Delete',
      Icon: IconTrash,
      color: 'red',
      call: 'removeUser',
      title: `Delete ${username}?`,
    },
    {
      act: () => api.removeUser({ id }),
      reads: ['users'],
      submit: 'Delete user',
      refused: 'Not deleted',
      done: `${username} is deleted.`,
      color: 'red',
      children:
        'Sessions and tokens end at once. What the user did stays on record under this name.',
    },
  )
