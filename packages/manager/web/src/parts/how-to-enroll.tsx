import { Code, Group, Stack, Text } from '@mantine/core'
import { useAuthority } from '../queries.ts'
import { Answered } from './answered.tsx'
import { Copy } from './copy.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { Sheet } from './sheet.tsx'

export function HowToEnroll() {
  const query = useAuthority()
  return (
    <Sheet title="How to enrol a host">
      <Answered query={query}>
        {({ enroll_command, ca_fingerprint, urls }) => (
          <Stack gap="md">
            <Text size="sm">
              Install the agent on the host, then run this there as root. The host prints the
              fingerprint of its key and waits for your approval.
            </Text>
            <Group gap="sm" align="start">
              <Code block className="command" flex={1} miw={0} aria-label="Enrollment command">
                {enroll_command}
              </Code>
              <Copy value={enroll_command} what="the enrollment command" />
            </Group>
            <Text size="sm">
              By this fingerprint the host knows that it talks to this manager
              {urls.length > 1 && `, at any of its addresses: ${urls.join(', ')}`}.
            </Text>
            <Group gap="sm" align="start">
              <Fingerprint
                value={ca_fingerprint}
                label="Fingerprint of the certificate authority"
              />
              <Copy value={ca_fingerprint} what="the fingerprint of the certificate authority" />
            </Group>
          </Stack>
        )}
      </Answered>
    </Sheet>
  )
}
