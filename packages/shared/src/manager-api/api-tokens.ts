import { z } from 'zod'
import { ApiToken, ApiTokenText, NewApiToken } from '../api-token.ts'
import type { Contract } from '../contract.ts'
import { flag, Page, Paging } from '../page.ts'

export const apiTokenApi = {
  listApiTokens: {
    route: 'GET /tokens',
    summary: 'Your API tokens, or with `all` those of everybody, newest first',
    access: 'self:tokens',
    besides: ({ all }: { all: boolean }) => (all ? 'token:read' : null),
    input: z.strictObject({ ...Paging, all: flag.default(false) }),
    output: z.object({ tokens: z.array(ApiToken), ...Page }),
  },

  createApiToken: {
    route: 'POST /tokens',
    summary: 'Make a token for a program that acts in your name; it is shown in this answer only',
    access: 'token:create',
    status: 201,
    input: z.strictObject(NewApiToken),
    output: ApiToken.extend({ token: ApiTokenText }).meta({ id: 'ApiTokenMade' }),
    failures: ['not_found'],
  },

  revokeApiToken: {
    route: 'DELETE /tokens/:id',
    summary: 'Revoke an API token: one of your own, or with the permission `token:revoke` any',
    access: 'self:tokens',
    status: 204,
    input: z.strictObject({ id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },
} as const satisfies Contract
