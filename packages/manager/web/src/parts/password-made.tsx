import { SecretOnce } from './secret-once.tsx'

type Props = { username: string; password: string | null; onClose: () => void }

/** A password that was just made for somebody. */
export const PasswordMade = ({ username, password, onClose }: Props) => (
  <SecretOnce
    label="Password"
    value={password ?? ''}
    warning={`${username} signs in with this password once, and chooses another one then. It is shown this once.`}
    onClose={onClose}
  />
)
