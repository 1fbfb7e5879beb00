import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Smtp } from '@linux-patch/shared/settings'
import type { MailTest } from '@linux-patch/shared/settings/tests'
import type { Database } from '../../db/open.ts'
import { MailProblem } from '../../mail/problem.ts'
import { sendMail, type MailServer } from '../../mail/send.ts'
import { entryFor } from '../audit/audit.ts'
import { personOf, type ManagerCall } from '../caller.ts'
import type { SettingsService } from './settings.ts'

type Deps = {
  database: Database
  settings: Pick<SettingsService, 'tried'>
  now: () => Date
}

/** Sends a message by the settings that are stored, or would be; nothing of them is kept. */
export const mailTest =
  ({ database, settings, now }: Deps) =>
  async ({ to, smtp }: Input<ManagerApi['testMail']>, call: ManagerCall): Promise<MailTest> => {
    const server = complete(await settings.tried('smtp', smtp))
    const { username } = personOf(call).user
    const text = `${username} tries out the mail settings of the Linux Patch Manager.\n`
    const result = await resultOf(server, { to, subject: 'A test of the mail settings', text })
    const { host, port, from } = server
    const { sent, problem } = result
    await database.stores.audit.append(
      entryFor(call, now(), {
        action: 'mail_test',
        target_type: 'settings',
        target_id: null,
        outcome: sent ? 'success' : 'failure',
        details: { host, port, from, to, problem },
      }),
    )
    return result
  }

async function resultOf(
  server: MailServer,
  mail: Parameters<typeof sendMail>[1],
): Promise<MailTest> {
  const { host, port } = server
  try {
    const delivery = await sendMail(server, mail)
    return { sent: true, problem: null, message: `${host} has taken the message.`, ...delivery }
  } catch (error) {
    if (!(error instanceof MailProblem)) throw error
    const { code: problem, said } = error
    const message = `${sentences[problem](`${host}:${port}`)}${error.message && `: ${error.message}`}.`
    return { sent: false, problem, message, message_id: null, said }
  }
}

const sentences: Record<MailProblem['code'], (server: string) => string> = {
  unreachable: (server) => `${server} cannot be reached`,
  timeout: (server) => `${server} did not answer in time`,
  closed: (server) => `${server} closed the connection`,
  tls_failed: (server) => `There is no TLS with ${server} that can be trusted`,
  login_refused: (server) => `${server} refused the user name or the password`,
  sender_refused: (server) => `${server} refused the sender`,
  recipient_refused: (server) => `${server} refused the recipient`,
  refused: (server) => `${server} refused`,
  unintelligible: (server) => `${server} does not speak SMTP as expected`,
}

function complete({ host, from, username, password, ...rest }: Smtp): MailServer {
  const needed = { host, from, ...(username !== null && { password }) }
  const missing = Object.entries(needed).flatMap(([name, value]) =>
    value === null ? [`smtp.${name}`] : [],
  )
  if (host !== null && from !== null && missing.length === 0)
    return { ...rest, host, from, username, password }
  throw new Failure('invalid_request', `Not set yet: ${missing.join(', ')}.`, {
    details: { fields: missing.map((field) => ({ field, message: 'must be set' })) },
  })
}
