import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import type { IssuedCertificate } from '@linux-patch/shared/certificate'
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { ownerOf } from '../certificate-words.ts'
import { savePem, savePkcs12 } from './save-file.ts'

/** What there is of a certificate that was just issued: its key is here, and nowhere else. */
export function IssuedOnce({
  issued,
  onClose,
}: {
  issued: IssuedCertificate
  onClose: () => void
}) {
  const name = ownerOf(issued.certificate)
  const { pkcs12_base64, private_key_pem, cert_pem, ca_pem } = issued
  return (
    <Stack>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="Keep it now">
        The key is shown this once and kept nowhere. If it is lost, revoke the certificate and issue
        another one.
      </Alert>
      <Group>
        {pkcs12_base64 !== null && (
          <Save name={`${name}.p12`} save={(file) => savePkcs12(file, pkcs12_base64)} />
        )}
        {private_key_pem !== null && (
          <>
            <Save name={`${name}.key.pem`} save={(file) => savePem(file, private_key_pem)} />
            <Save name={`${name}.pem`} save={(file) => savePem(file, cert_pem)} />
          </>
        )}
        <Save name="manager-ca.pem" save={(file) => savePem(file, ca_pem)} />
      </Group>
      <Text size="sm">From an address that a host lets in, this asks its agent something:</Text>
      <Code block className="command" aria-label="Example">
        {exampleFor(name, pkcs12_base64 !== null)}
      </Code>
      <Group justify="end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}

const Save = ({ name, save }: { name: string; save: (name: string) => void }) => (
  <Button
    variant="default"
    leftSection={<IconDownload size={16} aria-hidden />}
    onClick={() => save(name)}
  >
    Save {name}
  </Button>
)

const exampleFor = (name: string, isFile: boolean) =>
  [
    'curl --cacert manager-ca.pem',
    isFile ? `--cert-type P12 --cert ${name}.p12` : `--cert ${name}.pem --key ${name}.key.pem`,
    'https://HOST:12443/api/v1/system/info',
  ].join(' ')
