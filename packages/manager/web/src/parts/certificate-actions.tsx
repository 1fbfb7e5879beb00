import { notifications } from '@mantine/notifications'
import type { Certificate } from '@linux-patch/shared/certificate'
import { IconBan, IconDownload, IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { isOwn, ownerOf } from '../certificate-words.ts'
import { ActionMenu, type Action } from './action-menu.tsx'
import { wordsOf } from '../failure-words.ts'
import { RenewForm } from './renew-form.tsx'
import { RevokeForm } from './revoke-form.tsx'
import { savePem } from './save-file.ts'

/** What can be done about a certificate. */
export function CertificateActions({ certificate }: { certificate: Certificate }) {
  const download = useDownload(certificate)
  const canEnd = !isOwn(certificate) && certificate.status !== 'revoked'
  const actions: Action[] = [
    {
      words: 'Download',
      Icon: IconDownload,
      call: 'exportCertificate',
      onClick: () => download.mutate(),
    },
    ...(canEnd && certificate.status === 'active' ? [renewal(certificate)] : []),
    ...(canEnd ? [revocation(certificate)] : []),
  ]
  return (
    <ActionMenu
      label={`Certificate ${certificate.serial} of ${ownerOf(certificate)}`}
      actions={actions}
    />
  )
}

const renewal = (certificate: Certificate): Action => ({
  words: 'Renew',
  Icon: IconRefresh,
  call: 'renewCertificate',
  title: `Renew the certificate of ${ownerOf(certificate)}`,
  holds: true,
  dialog: (onClose) => <RenewForm certificate={certificate} onClose={onClose} />,
})

const revocation = (certificate: Certificate): Action => ({
  words: 'Revoke',
  Icon: IconBan,
  color: 'red',
  call: 'revokeCertificate',
  title: `Revoke a certificate of ${ownerOf(certificate)}`,
  dialog: (onClose) => <RevokeForm certificate={certificate} onClose={onClose} />,
})

const useDownload = (certificate: Certificate) =>
  useMutation({
    mutationFn: () => api.exportCertificate({ id: certificate.id }),
    onSuccess: (pem) => savePem(`${ownerOf(certificate)}.pem`, pem),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'Not downloaded', message: wordsOf(error) }),
  })
