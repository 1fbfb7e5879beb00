import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { Failure } from '@linux-patch/shared/failure'

/** The address of ours that calls to a host come from, as the kernel would route them. Nothing is sent. */
export async function outboundAddress(host: string): Promise<string> {
  await using socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  try {
    await connected(socket, host)
  } catch (cause) {
    throw new Failure('invalid_request', `No way leads from this manager to ${host}.`, { cause })
  }
  return socket.address().address
}

// The callback hears of success and of failure, though its type says otherwise.
const connected = (socket: Socket, host: string) =>
  new Promise<void>((resolve, reject) =>
    socket.connect(9, host, (error?: Error) => (error ? reject(error) : resolve())),
  )
