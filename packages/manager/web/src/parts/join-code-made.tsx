import { Code, Group, Text } from '@mantine/core'
import { useAuthority, type Listed } from '../queries.ts'
import { Answered } from './answered.tsx'
import { Copy } from './copy.tsx'
import { SecretOnce } from './secret-once.tsx'

type Props = { made: Listed<'createJoinCode'>; onClose: () => void }

/** A code that was just made, and how hosts use it. */
export function JoinCodeMade({ made: { code }, onClose }: Props) {
  const query = useAuthority()
  return (
    <SecretOnce
      label="Join code"
      value={code}
      warning="The code is shown this once. Whoever has it can ask for a place in its name."
      onClose={onClose}
    >
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
    </SecretOnce>
  )
}

const withCode = (command: string) => `${command} --join-code-file /run/join-code`
