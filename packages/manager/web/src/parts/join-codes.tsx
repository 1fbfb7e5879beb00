import { Button, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { JoinCode } from '@linux-patch/shared/join-code'
import { IconPlus } from '@tabler/icons-react'
import { useJoinCodes } from '../queries.ts'
import { Answered } from './answered.tsx'
import { NewJoinCodeDialog } from './new-join-code-dialog.tsx'
import { RevokeJoinCodeDialog } from './revoke-join-code-dialog.tsx'
import { Sheet } from './sheet.tsx'
import { joinCodeLooks, Status } from './status.tsx'
import { Time } from './time.tsx'

/** The codes that spare a person at each host. */
export function JoinCodes() {
  const query = useJoinCodes()
  const [making, make] = useDisclosure()
  return (
    <Sheet
      title="Join codes"
      actions={
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={make.open}
        >
          New join code
        </Button>
      }
    >
      <Answered query={query}>
        {({ join_codes, total }) =>
          join_codes.length === 0 ? (
            <Text size="sm">
              With a code many hosts come in at once, into the groups that you choose. There is none
              yet.
            </Text>
          ) : (
            <>
              <JoinCodeTable codes={join_codes} />
              {total > join_codes.length &&
                `${total - join_codes.length} older ones are not shown.`}
            </>
          )
        }
      </Answered>
      <NewJoinCodeDialog opened={making} onClose={make.close} />
    </Sheet>
  )
}

const JoinCodeTable = ({ codes }: { codes: JoinCode[] }) => (
  <Table.ScrollContainer minWidth={760}>
    <Table aria-label="Join codes">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>For</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Hosts left</Table.Th>
          <Table.Th>Approval</Table.Th>
          <Table.Th>Groups</Table.Th>
          <Table.Th>Ends</Table.Th>
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {codes.map((code) => (
          <Row key={code.id} code={code} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ code }: { code: JoinCode }) => (
  <Table.Tr>
    <Table.Td maw={220} className="wrap">
      <Text size="sm" fw={600}>
        {code.name}
      </Text>
      <Text size="xs" c="dimmed">
        by {code.created_by}
      </Text>
    </Table.Td>
    <Table.Td>
      <Status look={joinCodeLooks[code.state]} />
    </Table.Td>
    <Table.Td>
      {code.uses_left} of {code.uses}
    </Table.Td>
    <Table.Td>{code.auto_approve ? 'At once' : 'By a person'}</Table.Td>
    <Table.Td maw={220} className="wrap">
      {code.groups.map(({ name }) => name).join(', ') || 'none'}
    </Table.Td>
    <Table.Td className="no-wrap">
      <Time at={code.expires_at} />
    </Table.Td>
    <Table.Td>{code.state === 'active' && <Revoke code={code} />}</Table.Td>
  </Table.Tr>
)

function Revoke({ code }: { code: JoinCode }) {
  const [asking, ask] = useDisclosure()
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Revoke the join code ${code.name}`}
        onClick={ask.open}
      >
        Revoke
      </Button>
      <RevokeJoinCodeDialog code={code} opened={asking} onClose={ask.close} />
    </>
  )
}
