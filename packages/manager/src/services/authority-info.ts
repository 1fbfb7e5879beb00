export type AuthorityInfo = ReturnType<typeof authorityInfo>

type Deps = { root_pem: string; fingerprint: string; urls: () => string[] }

/** What a host needs to know of the authority before it enrols. */
export const authorityInfo = ({ root_pem, fingerprint, urls }: Deps) => ({
  rootCertificate: () => root_pem,
  describe: () => ({
    ca_fingerprint: fingerprint,
    urls: urls(),
    enroll_command: `linux-patch-agent enroll --manager ${urls()[0]} --ca-fingerprint ${fingerprint}`,
  }),
})
