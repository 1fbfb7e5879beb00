import * as x509 from '../../pki/x509.ts'

/** For tests only: a certificate request, as an agent makes one. */
export async function newRequest(subject = 'CN=host'): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys,
    signingAlgorithm: algorithm,
  })
  return request.toString('pem')
}
