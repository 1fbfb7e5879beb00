import type { TLSSocket } from 'node:tls'
import { Failure, failures } from '@linux-patch/shared/failure'
import type { Refusal } from '../pki/peer.ts'
import { answerBare } from './wording.ts'

export const isLoopback = (address: string) => address === '::1' || address.startsWith('127.')

/**
 * Ends a connection whose caller was refused: without a word, except to somebody on this very host who
 * switched the words on to find out what is wrong.
 */
export function endRefused(
  socket: TLSSocket,
  { code, reason }: Refusal,
  { address, diagnose }: { address: string; diagnose: boolean },
) {
  if (!diagnose || !isLoopback(address)) return void socket.destroy()
  answerBare(socket, failures[code].status, new Failure(code, reason))
}
