import * as pkijs from 'pkijs'

/** One certificate that is asked about; in hexadecimal. */
export type Question = {
  /** Of what the issuer's name and key were made the hashes. */
  hash: string
  issuer_name_hash: string
  issuer_key_hash: string
  serial: string
  /** As it was sent: the answer repeats it. */
  id: Buffer
}
export type StatusRequest = { questions: Question[]; nonce: Buffer | null }

const NONCE = '1.3.6.1.5.5.7.48.1.2'
/** Of 32 bytes (RFC 8954), with what says that they are that many. */
const NONCE_LENGTH = 2 + 32
const hashes: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Reads a request for the status of certificates (RFC 6960). Throws what is none. */
export function readStatusRequest(bytes: Buffer): StatusRequest {
  const { tbsRequest } = pkijs.OCSPRequest.fromBER(new Uint8Array(bytes).buffer)
  const extension = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === NONCE)
  const nonce = extension ? Buffer.from(extension.extnValue.valueBlock.valueHexView) : null
  // It is repeated in what is signed, where nobody may have room for his own words.
  if (nonce && nonce.length > NONCE_LENGTH) throw new Error('The nonce is too long.')
  return {
    questions: tbsRequest.requestList.map(({ reqCert }) => ({
      hash: hashes[reqCert.hashAlgorithm.algorithmId] ?? '',
      issuer_name_hash: hexOf(reqCert.issuerNameHash),
      issuer_key_hash: hexOf(reqCert.issuerKeyHash),
      serial: hexOf(reqCert.serialNumber),
      id: Buffer.from(reqCert.toSchema().toBER(false)),
    })),
    nonce,
  }
}

const hexOf = ({ valueBlock }: { valueBlock: { valueHexView: Uint8Array } }) =>
  Buffer.from(valueBlock.valueHexView).toString('hex')
