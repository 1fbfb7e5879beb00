import type { JoinCode } from '@linux-patch/shared/join-code'
import { api } from '../api.ts'
import { DialogButton } from './dialog-button.tsx'
import { Question } from './question.tsx'

export const RevokeJoinCode = ({ code: { id, name } }: { code: JoinCode }) => (
  <DialogButton
    words="Revoke"
    title={`Revoke the join code ${name}?`}
    size="compact-sm"
    variant="default"
    aria-label={`Revoke the join code ${name}`}
  >
    {(onClose) => (
      <Question
        act={() => api.revokeJoinCode({ id })}
        reads={['join_codes']}
        submit="Revoke join code"
        refused="Not revoked"
        color="red"
        onClose={onClose}
      >
        No more hosts come with it. Those that came stay.
      </Question>
    )}
  </DialogButton>
)
