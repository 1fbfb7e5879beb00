import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** The address of ours that calls to a host come from, as the kernel would route them. Nothing is sent. */
export async function outboundAddress(host: string): Promise<string> {
  await using socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.connect(9, host, resolve)
  })
  return socket.address().address
}
