import type { Fleet } from '../orchestration/fleet.test.kit.ts'
import { newRequest } from '../services/enrollment/csr.test.kit.ts'
import { another, host, password, type Changes } from './change-scenes.test.kit.ts'

const certificate = (world: Fleet) =>
  world.admin.issueOperatorCertificate({ name: another(), passphrase: password })
async function ofHost(world: Fleet) {
  const host_id = (await host(world)).id
  const csr_pem = await newRequest()
  return (await world.admin.issueHostCertificate({ host_id, csr_pem })).certificate.id
}

/** For tests only: what is done about certificates. */
export const certificateChanges: Changes = {
  issueHostCertificate: [
    'certificate_issue',
    async (world) => {
      await ofHost(world)
    },
  ],
  reissueHostCertificate: [
    'certificate_reissue',
    async (world) => {
      const host_id = (await host(world)).id
      await world.admin.issueHostCertificate({ host_id, csr_pem: await newRequest() })
      const { private_key_pem } = await world.admin.reissueHostCertificate({ host_id })
      return [private_key_pem ?? undefined]
    },
  ],
  issueOperatorCertificate: [
    'certificate_issue',
    async (world) => [(await certificate(world)).pkcs12_base64 ?? undefined, password],
  ],
  revokeCertificate: [
    'certificate_revoke',
    async (world) => {
      const { id } = (await certificate(world)).certificate
      await world.admin.revokeCertificate({ id, reason: 'superseded' })
    },
  ],
  revokeCertificates: [
    'certificate_revoke',
    async (world) => {
      const { id } = (await certificate(world)).certificate
      await world.admin.revokeCertificates({ ids: [id], reason: 'superseded' })
    },
  ],
  renewCertificate: [
    'certificate_renewal_ask',
    async (world) => {
      await world.admin.renewCertificate({ id: await ofHost(world) })
    },
  ],
  renewCertificates: [
    'certificate_renewal_ask',
    async (world) => {
      await world.admin.renewCertificates({ ids: [await ofHost(world)] })
    },
  ],
}
