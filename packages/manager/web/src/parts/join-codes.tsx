import { Table, Text } from '@mantine/core'
import type { JoinCode } from '@linux-patch/shared/join-code'
import { IconPlus } from '@tabler/icons-react'
import { useJoinCodes } from '../queries.ts'
import { Answered } from './answered.tsx'
import { DialogButton } from './dialog-button.tsx'
import { IfMay } from './if-may.tsx'
import { NewJoinCodeForm } from './new-join-code-form.tsx'
import { RevokeJoinCode } from './revoke-join-code.tsx'
import { Sheet } from './sheet.tsx'
import { joinCodeLooks, Status } from './status.tsx'
import { Time } from './time.tsx'

/** The codes that spare a person at each host. */
export function JoinCodes() {
  const query = useJoinCodes()
  return (
    <Sheet
      title="Join codes"
      actions={
        <IfMay call="createJoinCode">
          <DialogButton words="New join code" Icon={IconPlus} variant="default" holds>
            {(onClose) => <NewJoinCodeForm onClose={onClose} />}
          </DialogButton>
        </IfMay>
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
    <Table.Td>
      {code.state === 'active' && (
        <IfMay call="revokeJoinCode">
          <RevokeJoinCode code={code} />
        </IfMay>
      )}
    </Table.Td>
  </Table.Tr>
)
