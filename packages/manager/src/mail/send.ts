import type { Smtp } from '@linux-patch/shared/settings'
import { createTransport } from 'nodemailer'
import { inOneLine, MailProblem } from './problem.ts'

export type MailServer = Smtp & { host: string; from: string }
export type Mail = { to: string; subject: string; text: string }
type Patience = {
  /** For one answer of the server, and for all of it. */
  answer_ms: number
  all_ms: number
}

const usual: Patience = { answer_ms: 10_000, all_ms: 30_000 }

/** Sends one message, and answers its id and the server's words. Throws a MailProblem. */
export async function sendMail(
  { from, ...server }: MailServer,
  { to, subject, text }: Mail,
  { answer_ms, all_ms }: Patience = usual,
): Promise<{ message_id: string; said: string }> {
  const transport = createTransport({
    ...connection(server),
    connectionTimeout: answer_ms,
    greetingTimeout: answer_ms,
    dnsTimeout: answer_ms,
    socketTimeout: answer_ms,
    // Nothing in a message ever makes the manager read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const { messageId, response } = await transport.sendMail({
      from: { name: 'Linux Patch Manager', address: from },
      to: { name: '', address: to },
      envelope: { from, to },
      subject,
      text,
      signal: AbortSignal.timeout(all_ms),
    })
    return { message_id: messageId, said: inOneLine(response) }
  } catch (error) {
    throw new MailProblem(error as Error)
  } finally {
    transport.close()
  }
}

/** Where TLS is wanted nothing is said without it, and nobody is believed whose certificate is not. */
const connection = ({ host, port, security, username, password }: Omit<MailServer, 'from'>) => ({
  host,
  port,
  secure: security === 'tls',
  requireTLS: security === 'starttls',
  ignoreTLS: security === 'none',
  tls: { rejectUnauthorized: true },
  ...(username !== null && password !== null && { auth: { user: username, pass: password } }),
})
