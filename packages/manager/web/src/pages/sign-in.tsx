import type { Failure } from '@linux-patch/shared/failure'
import { FailureAlert } from '../parts/failure-alert.tsx'
import { Gate } from '../parts/gate.tsx'
import { PasswordSignIn } from '../parts/password-sign-in.tsx'
import { SsoButton } from '../parts/sso-button.tsx'

/** `because`: why somebody who was in, or came back from SSO, is not. */
export const SignInPage = ({ because }: { because: Failure | null }) => (
  <Gate title="Linux Patch Manager">
    {because !== null && <FailureAlert title="You are not signed in" error={because} />}
    <PasswordSignIn />
    <SsoButton />
  </Gate>
)
