import { ActionIcon, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { Certificate } from '@linux-patch/shared/certificate'
import { IconBan, IconDots, IconDownload, IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { isOwn, ownerOf } from '../certificate-words.ts'
import { wordsOf } from './failure-alert.tsx'
import { RenewDialog } from './renew-dialog.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'
import { savePem } from './save-file.ts'

/** What can be done about a certificate. */
export function CertificateActions({ certificate }: { certificate: Certificate }) {
  const [revoking, revoke] = useDisclosure()
  const [renewing, renew] = useDisclosure()
  const download = useDownload(certificate)
  const mayEnd = !isOwn(certificate) && certificate.status !== 'revoked'
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={`Certificate ${certificate.serial} of ${ownerOf(certificate)}`}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => download.mutate()}
          >
            Download
          </Menu.Item>
          {mayEnd && certificate.status === 'active' && (
            <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={renew.open}>
              Renew
            </Menu.Item>
          )}
          {mayEnd && (
            <Menu.Item
              color="red"
              leftSection={<IconBan size={16} aria-hidden />}
              onClick={revoke.open}
            >
              Revoke
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <RevokeDialog certificate={certificate} opened={revoking} onClose={revoke.close} />
      <RenewDialog certificate={certificate} opened={renewing} onClose={renew.close} />
    </>
  )
}

const useDownload = (certificate: Certificate) =>
  useMutation({
    mutationFn: () => api.exportCertificate({ id: certificate.id }),
    onSuccess: (pem) => savePem(`${ownerOf(certificate)}.pem`, pem),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'Not downloaded', message: wordsOf(error) }),
  })
