import { X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Every certificate in a file of PEM, in its order. Throws where one cannot be read, or there is none. */
export function rootsIn(pem: string): X509Certificate[] {
  const blocks = pem.match(BLOCK) ?? []
  if (blocks.length === 0) throw new Error('There is no certificate in it.')
  return blocks.map((block) => new X509Certificate(block))
}

/** Whether one of these signed it. */
export const isVouchedFor = (certificate: X509Certificate, roots: X509Certificate[]) =>
  roots.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey))
