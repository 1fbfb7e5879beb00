import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useAuthority, type Listed } from '../queries.ts'
import { Answered } from './answered.tsx'
import { Copy } from './copy.tsx'

type Props = { made: Listed<'createJoinCode'>; onClose: () => void }

/** A code that was just made: it is here, and nowhere else. */
export function JoinCodeMade({ made: { code }, onClose }: Props) {
  const query = useAuthority()
  return (
    <Stack>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="Keep it now">
        The code is shown this once. Whoever has it can ask for a place in its name.
      </Alert>
      <Group gap="sm">
        <Code aria-label="Join code">{code}</Code>
        <Copy value={code} what="the join code" />
      </Group>
      <Text size="sm">
        Write it to a file on each host that only root reads, /run/join-code for example, and run
        there:
      </Text>
      <Answered query={query}>
        {({ enroll_command }) => (
          <Group gap="sm" align="start">
            <Code block className="command" flex={1} miw={0} aria-label="Enrollment command">
              {withCode(enroll_command)}
            </Code>
            <Copy value={withCode(enroll_command)} what="the enrollment command" />
          </Group>
        )}
      </Answered>
      <Group justify="end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}

const withCode = (command: string) => `${command} --join-code-file /run/join-code`
