import * as x509 from './x509.ts'

/** The names and addresses that a certificate vouches for. */
export function namesIn(cert_pem: string): { dns_names: string[]; ip_addresses: string[] } {
  const extension = new x509.X509Certificate(cert_pem).getExtension(
    x509.SubjectAlternativeNameExtension,
  )
  const names = extension?.names.items ?? []
  const those = (type: x509.GeneralNameType) =>
    names.filter((name) => name.type === type).map(({ value }) => value)
  return { dns_names: those('dns'), ip_addresses: those('ip') }
}
