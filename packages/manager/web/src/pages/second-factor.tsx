import { forget } from '../api.ts'
import { CodeForm } from '../parts/code-form.tsx'
import { Gate } from '../parts/gate.tsx'

/** The second step of a sign-in, however the first was done. */
export const SecondFactorPage = ({ mfa_token }: { mfa_token: string }) => (
  <Gate title="Second factor">
    <CodeForm mfa_token={mfa_token} onBack={() => forget()} />
  </Gate>
)
