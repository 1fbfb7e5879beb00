import type { IssuedCertificate } from '@linux-patch/shared/certificate'
import type { Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Authority } from '../../pki/authority.ts'
import { packPkcs12 } from '../../pki/pkcs12.ts'
import type { ManagerCall } from '../caller.ts'
import type { Issuing, Signed } from './issuing.ts'
import type { Live } from '../live.ts'
import { keyFor } from './one-time-key.ts'

type Deps = { issue: Issuing; authority: Pick<Authority, 'root_pem' | 'roots'>; live: Live }
type Asked = Input<ManagerApi['issueOperatorCertificate']>
type How = { action: string; replaces_id?: string }

export type OperatorCertificates = ReturnType<typeof operatorCertificates>

/** Certificates with which people and their tools call agents by themselves. */
export function operatorCertificates({ issue, authority, live }: Deps) {
  async function add(input: Asked, call: ManagerCall, how: How): Promise<IssuedCertificate> {
    const { name, csr_pem, passphrase } = input
    if (csr_pem !== undefined && passphrase !== undefined)
      throw new Failure(
        'invalid_request',
        'A PKCS #12 file holds the key, and whoever sends a certificate request has it already: leave out passphrase or csr_pem.',
      )
    const { publicKey, key_pem } = await keyFor(csr_pem)
    // What opens the file is not kept, not even as a hash.
    const said = { name, csr_pem, as_file: passphrase !== undefined }
    const asked = { ...how, call, input: said, publicKey }
    const signed = await issue({ ...asked, withKey: key_pem !== null }, () =>
      Promise.resolve({ kind: 'operator', name }),
    )
    live.changed('certificates')
    const told = { ca_pem: authority.roots().join('\n'), manager: null }
    return { ...signed, ...told, ...(await keyOf(signed, key_pem, passphrase)) }
  }

  /** The key as it was asked for: as PEM, in a file, or not at all. */
  async function keyOf(
    { certificate, cert_pem }: Signed,
    key_pem: string | null,
    passphrase?: string,
  ) {
    if (key_pem === null || passphrase === undefined)
      return { private_key_pem: key_pem, pkcs12_base64: null }
    const keyed = {
      name: `operator ${certificate.name}`,
      key_pem,
      cert_pem,
      chain: [authority.root_pem],
    }
    const file = await packPkcs12(keyed, passphrase)
    return { private_key_pem: null, pkcs12_base64: file.toString('base64') }
  }

  return {
    issue: (input: Asked, call: ManagerCall) => add(input, call, { action: 'certificate_issue' }),
    renew: (replaces_id: string, input: Asked, call: ManagerCall) =>
      add(input, call, { action: 'certificate_renew', replaces_id }),
  }
}
