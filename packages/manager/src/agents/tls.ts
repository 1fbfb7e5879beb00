import type { ConnectionOptions, PeerCertificate } from 'node:tls'

/** Who the manager is when it calls an agent. */
export type Identity = { ca: string; certificate: string; private_key: string }

export type Address = { host_id: string; ip_address: string; agent_port: number }

export const originOf = ({ ip_address, agent_port }: Address) =>
  `https://${ip_address.includes(':') ? `[${ip_address}]` : ip_address}:${agent_port}`

type Tls = Required<
  Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'minVersion' | 'checkServerIdentity'>
>

/**
 * TLS towards one host: its certificate must bear the host's own URI. It is dialled by the approved address, so
 * neither DNS nor another enrolled host can stand in for it.
 */
export const tlsFor = ({ host_id }: Address, identity: Identity): Tls => ({
  ca: identity.ca,
  cert: identity.certificate,
  key: identity.private_key,
  minVersion: 'TLSv1.3',
  checkServerIdentity: (_name, certificate) => refuseStranger(host_id, certificate),
})

function refuseStranger(
  hostId: string,
  { subjectaltname = '' }: PeerCertificate,
): Error | undefined {
  const wanted = `URI:urn:lpm:host:${hostId}`
  if (subjectaltname.split(', ').includes(wanted)) return undefined
  return Object.assign(new Error(`The certificate is not that of host ${hostId}.`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
}
