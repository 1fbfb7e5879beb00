import { z } from 'zod'
import { Tokens } from './user.ts'

/** Six digits from a phone; blanks between them do not count. */
const Code = z
  .string()
  .max(20)
  .overwrite((code) => code.replace(/\s/g, ''))
  .regex(/^\d{6}$/, 'must be six digits')

const one = (given: Record<string, unknown>, names: string[]) =>
  names.filter((name) => given[name] !== undefined).length === 1

/** How somebody who is signed in proves again who he is: by one of the two. */
export const Proof = z
  .strictObject({ password: z.string().min(1).max(1000).optional(), code: Code.optional() })
  .refine((proof) => one(proof, ['password', 'code']), 'must be a password or a code')
export type Proof = z.infer<typeof Proof>

/** The first code of a second factor; or, with `mfa_token`, what a sign-in still lacks. */
export const SecondProof = z
  .strictObject({
    mfa_token: z.string().min(1).max(100).optional(),
    code: Code.optional(),
    recovery_code: z.string().min(1).max(100).optional(),
  })
  .refine((proof) => one(proof, ['code', 'recovery_code']), 'must be a code or a recovery code')
  .refine(
    ({ mfa_token, recovery_code }) => mfa_token !== undefined || recovery_code === undefined,
    'a recovery code ends a sign-in, and nothing else',
  )
export type SecondProof = z.infer<typeof SecondProof>

export const MfaSetup = z
  .object({
    /** In base32, for phones without a camera. */
    secret: z.string(),
    otpauth_url: z.string(),
    /** The same as a picture. */
    qr_svg: z.string(),
    /** Seconds in which the first code has to come. */
    expires_in: z.number().int(),
  })
  .meta({ id: 'MfaSetup' })
export type MfaSetup = z.infer<typeof MfaSetup>

/** Each opens the account once in the place of a code. They are told this one time. */
export const RecoveryCodes = z
  .object({ recovery_codes: z.array(z.string()) })
  .meta({ id: 'RecoveryCodes' })
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

export const Verified = z.union([Tokens, RecoveryCodes])
