import type { Log } from '../log.ts'
import { certificateService } from '../services/certificates/certificates.ts'
import type { EnrollmentDeps } from '../services/enrollment/enrollment.ts'
import { hostCertificates } from '../services/certificates/host-certificates.ts'
import { issuing } from '../services/certificates/issuing.ts'
import type { Live } from '../services/live.ts'
import { operatorCertificates } from '../services/certificates/operator-certificates.ts'
import { renewing } from '../services/certificates/renewing.ts'
import { revokingService } from '../services/certificates/revoking.ts'
import type { Opened } from './open.ts'

type Deps = {
  opened: Pick<Opened, 'database' | 'authority' | 'agents' | 'revocation'>
  introduce: EnrollmentDeps['introduce']
  live: Live
  log: Log
  now: () => Date
}

/** The services by which people look after certificates. */
export function certificateServices({ opened, introduce, live, log, now }: Deps) {
  const { database, authority, agents, revocation } = opened
  const { stores } = database
  const issue = issuing({ database, authority, now })
  const revoking = revokingService({ database, revocation, live, now })
  const ofHosts = hostCertificates({ ...stores, issue, revoking, authority, introduce, live, now })
  const ofOperators = operatorCertificates({ issue, authority, live })
  return {
    certificates: certificateService({ ...stores, now }),
    hostCertificates: ofHosts,
    operatorCertificates: ofOperators,
    revoking,
    renewing: renewing({
      database,
      hostCertificates: ofHosts,
      operatorCertificates: ofOperators,
      agents,
      log,
      now,
    }),
  }
}
