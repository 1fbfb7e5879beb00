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
  const files = issued.certificate.kind === 'agent' ? hostFiles : ownFiles
  const { pkcs12_base64, private_key_pem, cert_pem, ca_pem } = issued
  const { key, certificate, root, file } = files(ownerOf(issued.certificate))
  return (
    <Stack>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="Keep it now">
        The key is shown this once and kept nowhere. If it is lost, revoke the certificate and issue
        another one.
      </Alert>
      <Group>
        {pkcs12_base64 !== null && (
          <Save name={file} save={(name) => savePkcs12(name, pkcs12_base64)} />
        )}
        {private_key_pem !== null && (
          <>
            <Save name={key} save={(name) => savePem(name, private_key_pem)} />
            <Save name={certificate} save={(name) => savePem(name, cert_pem)} />
          </>
        )}
        <Save name={root} save={(name) => savePem(name, ca_pem)} />
      </Group>
      <HowToUse issued={issued} />
      <Group justify="end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}

const ownFiles = (name: string) => ({
  key: `${name}.key.pem`,
  certificate: `${name}.pem`,
  root: 'manager-ca.pem',
  file: `${name}.p12`,
})

/** As its agent wants them. */
const hostFiles = () => ({
  key: 'server.key.pem',
  certificate: 'server.pem',
  root: 'ca.pem',
  file: 'server.p12',
})

function HowToUse({
  issued: { certificate, manager, pkcs12_base64 },
}: {
  issued: IssuedCertificate
}) {
  if (manager)
    return (
      <Text size="sm" className="wrap">
        On the host the three files belong into /etc/linux_patch_api/certs, the key readable by root
        alone, and {manager.addresses.join(', ')} into /etc/linux_patch_api/whitelist.yaml. The
        agent takes them up by itself.
      </Text>
    )
  return (
    <>
      <Text size="sm">From an address that a host lets in, this asks its agent something:</Text>
      <Code block className="command" aria-label="Example">
        {exampleFor(ownerOf(certificate), pkcs12_base64 !== null)}
      </Code>
    </>
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
