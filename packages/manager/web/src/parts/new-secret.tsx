import type { GetInputPropsReturnType } from '@mantine/form'
import { SecretInput } from './secret-input.tsx'

type Props = {
  label: string
  description: string
  secret: GetInputPropsReturnType
  repeated: GetInputPropsReturnType
}

/** A secret that is chosen now, and so typed twice. */
export const NewSecret = ({ label, description, secret, repeated }: Props) => (
  <>
    <SecretInput label={label} description={description} autoComplete="new-password" {...secret} />
    <SecretInput label="Repeat it" autoComplete="new-password" {...repeated} />
  </>
)
