import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { MfaSetup, Proof, RecoveryCodes, SecondProof, Verified } from '../second-factor.ts'

export const secondFactorApi = {
  setUpMfa: {
    route: 'GET /auth/mfa/setup',
    summary:
      'Begin to set up a second factor: a secret for a phone, valid for ten minutes, which replaces one that was begun before',
    access: 'self:mfa',
    rate: 'sign_in',
    input: z.strictObject({}),
    output: MfaSetup,
    failures: ['conflict', 'step_up_required', 'rate_limited'],
  },

  verifyMfa: {
    route: 'POST /auth/mfa/verify',
    summary:
      'Turn the second factor on with its first code, and get recovery codes; or finish a sign-in with `mfa_token`, and get tokens',
    access: 'anyone',
    optional_caller: true,
    besides: ({ mfa_token }: SecondProof) => (mfa_token === undefined ? 'self:mfa' : null),
    rate: 'sign_in',
    input: SecondProof,
    output: Verified,
    failures: [
      'invalid_credentials',
      'account_locked',
      'forbidden_role',
      'conflict',
      'rate_limited',
    ],
  },

  turnOffMfa: {
    route: 'DELETE /auth/mfa',
    summary: 'Turn the second factor off; every other session of yours ends',
    access: 'self:mfa',
    secret_input: true,
    rate: 'sign_in',
    status: 204,
    input: Proof,
    output: z.void(),
    failures: ['invalid_credentials', 'account_locked', 'conflict', 'mfa_enforced', 'rate_limited'],
  },

  makeRecoveryCodes: {
    route: 'POST /auth/mfa/recovery-codes',
    summary: 'Make new recovery codes in the place of the old ones',
    access: 'self:mfa',
    rate: 'sign_in',
    status: 201,
    input: Proof,
    output: RecoveryCodes,
    failures: ['invalid_credentials', 'account_locked', 'conflict', 'rate_limited'],
  },

  stepUp: {
    route: 'POST /auth/step-up',
    summary: 'Prove again who you are, so that this session may do what is dangerous',
    access: 'self:sessions',
    rate: 'sign_in',
    status: 204,
    input: Proof,
    output: z.void(),
    failures: ['invalid_credentials', 'account_locked', 'rate_limited'],
  },

  resetMfa: {
    route: 'DELETE /users/:id/mfa',
    summary: 'Take away the second factor of somebody whose phone is lost; all his sessions end',
    access: 'user:reset_mfa',
    status: 204,
    input: z.strictObject({ id: z.uuid() }),
    output: z.void(),
    failures: ['not_found', 'conflict'],
  },
} as const satisfies Contract
