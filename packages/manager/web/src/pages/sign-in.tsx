import type { Failure } from '@linux-patch/shared/failure'
import { useState } from 'react'
import { CodeForm } from '../parts/code-form.tsx'
import { FailureAlert } from '../parts/failure-alert.tsx'
import { Gate } from '../parts/gate.tsx'
import { PasswordSignIn } from '../parts/password-sign-in.tsx'
import { SsoButton } from '../parts/sso-button.tsx'

/** `because`: why somebody who was in, or came back from SSO, is not. */
export function SignInPage({ because }: { because: Failure | null }) {
  const [mfa_token, setToken] = useState<string | null>(null)
  if (mfa_token !== null)
    return (
      <Gate title="Second factor">
        <CodeForm mfa_token={mfa_token} onBack={() => setToken(null)} />
      </Gate>
    )
  return (
    <Gate title="Linux Patch Manager">
      {because !== null && <FailureAlert title="You are not signed in" error={because} />}
      <PasswordSignIn onCode={setToken} />
      <SsoButton />
    </Gate>
  )
}
