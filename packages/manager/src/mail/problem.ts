import type { MailProblem as Code } from '@linux-patch/shared/settings/tests'
import type { NodemailerError } from 'nodemailer'

/** Why a message did not go out. Its message is what the system or the library says, and holds no secret. */
export class MailProblem extends Error {
  override readonly name = 'MailProblem'
  readonly code: Code
  /** The server's own words. */
  readonly said: string | null

  constructor(error: NodemailerError) {
    super(reasonOf(error), { cause: error })
    this.code = codeOf(error)
    this.said = error.response ? inOneLine(error.response) : null
  }
}

function codeOf(error: NodemailerError): Code {
  const { code = '', command, responseCode } = error
  if (code === 'ETIMEDOUT' || code === 'EABORT') return 'timeout'
  if (code === 'EAUTH') return 'login_refused'
  if (code === 'ETLS' || isOfTls(error)) return 'tls_failed'
  if (code === 'ESOCKET' || code === 'EDNS') return 'unreachable'
  if (command === 'MAIL FROM') return 'sender_refused'
  if (command === 'RCPT TO') return 'recipient_refused'
  if (responseCode !== undefined) return 'refused'
  return code === 'ECONNECTION' ? 'closed' : 'unintelligible'
}

/** A connection that is not trusted ends like one that breaks, but no call of the system has failed. */
const isOfTls = ({ code, syscall, originalCode }: NodemailerError) =>
  code === 'ESOCKET' && syscall === undefined && originalCode !== undefined

const reasonOf = ({ message, response, originalCode, code, syscall }: NodemailerError) =>
  inOneLine(
    syscall === undefined ? message.replace(`: ${response}`, '') : (originalCode ?? code ?? ''),
  )

const LENGTH = 300

/** A hostile server may say anything, at any length. */
export const inOneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .toWellFormed()
    .trim()
    .slice(0, LENGTH)
