import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { JoinCode, JoinCodeText, NewJoinCode } from '../join-code.ts'
import { Page, Paging } from '../page.ts'

export const joinCodeApi = {
  listJoinCodes: {
    route: 'GET /admin/join-codes',
    summary: 'Join codes, the newest first, with what is left of them',
    access: 'join_code:read',
    input: z.strictObject({ ...Paging }),
    output: z.object({ join_codes: z.array(JoinCode), ...Page }),
  },

  createJoinCode: {
    route: 'POST /admin/join-codes',
    summary: 'Make a code that hosts enrol with; it is shown in this answer only',
    access: 'join_code:write',
    status: 201,
    input: z.strictObject(NewJoinCode),
    output: JoinCode.extend({ code: JoinCodeText }).meta({ id: 'JoinCodeMade' }),
    failures: ['not_found'],
  },

  revokeJoinCode: {
    route: 'DELETE /admin/join-codes/:id',
    summary: 'Let no more hosts come with the code; those that came stay',
    access: 'join_code:write',
    status: 204,
    input: z.strictObject({ id: z.uuid() }),
    output: z.void(),
    failures: ['not_found'],
  },
} as const satisfies Contract
