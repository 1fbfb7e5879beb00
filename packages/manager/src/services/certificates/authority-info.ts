import type { Authority } from '../../pki/authority.ts'

export type AuthorityInfo = ReturnType<typeof authorityInfo>

type Deps = { authority: Pick<Authority, 'root_pem' | 'fingerprint'>; urls: () => string[] }

/** What a host needs to know of the authority before it enrols. */
export const authorityInfo = ({ authority, urls }: Deps) => ({
  rootCertificate: () => authority.root_pem,
  describe: () => ({
    ca_fingerprint: authority.fingerprint,
    urls: urls(),
    enroll_command: `linux-patch-agent enroll --manager ${urls()[0]} --ca-fingerprint ${authority.fingerprint}`,
  }),
})
