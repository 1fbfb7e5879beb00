import type { agentServer } from '../http/server.ts'

type Server = ReturnType<typeof agentServer>

/** `::` is every address there is; on a host without IPv6 that is 0.0.0.0. */
export async function listen(
  server: Server,
  ways: Parameters<Server['listen']>[0],
  { address, port }: { address: string; port: number },
) {
  try {
    return await server.listen(ways, address, port)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (address !== '::' || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(code)) throw error
    return server.listen(ways, '0.0.0.0', port)
  }
}
