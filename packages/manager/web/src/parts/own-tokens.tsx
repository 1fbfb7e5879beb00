import { Table, Text } from '@mantine/core'
import type { ApiToken } from '@linux-patch/shared/api-token'
import { IconBan, IconCircleCheck, IconClockX, IconPlus } from '@tabler/icons-react'
import { api } from '../api.ts'
import { useOwnTokens } from '../own-queries.ts'
import { Answered } from './answered.tsx'
import { DialogButton } from './dialog-button.tsx'
import { IfMay } from './if-may.tsx'
import { NewTokenForm } from './new-token-form.tsx'
import { Question } from './question.tsx'
import { Sheet } from './sheet.tsx'
import { Status, type Look } from './status.tsx'
import { Time } from './time.tsx'
import { TokenRights } from './token-rights.tsx'

/** What lets programs act in one's name. */
export const OwnTokens = () => (
  <Sheet
    title="API tokens"
    actions={
      <IfMay call="createApiToken">
        <DialogButton words="New token" Icon={IconPlus} variant="default" holds>
          {(onClose) => <NewTokenForm onClose={onClose} />}
        </DialogButton>
      </IfMay>
    }
  >
    <Answered query={useOwnTokens()}>
      {({ tokens }) =>
        tokens.length === 0 ? (
          <Text size="sm">A program can act in your name with a token. You have none.</Text>
        ) : (
          <TokenTable tokens={tokens} />
        )
      }
    </Answered>
  </Sheet>
)

const TokenTable = ({ tokens }: { tokens: ApiToken[] }) => (
  <Table.ScrollContainer minWidth={700}>
    <Table aria-label="API tokens">
      <Table.Thead>
        <Table.Tr>
          {['For', 'State', 'May', 'Last used', 'Ends'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tokens.map((token) => (
          <Row key={token.id} token={token} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Row = ({ token }: { token: ApiToken }) => (
  <Table.Tr>
    <Table.Td maw={180} className="wrap">
      <Text size="sm" fw={600}>
        {token.name}
      </Text>
      <Text size="xs" c="dimmed" ff="monospace">
        {token.prefix}…
      </Text>
    </Table.Td>
    <Table.Td>
      <Status look={looks[token.state]} />
    </Table.Td>
    <Table.Td maw={240} className="wrap">
      <TokenRights {...token} />
    </Table.Td>
    <Table.Td>
      <Text size="sm">
        <Time at={token.last_used_at} />
      </Text>
      <Text size="xs" c="dimmed">
        {token.last_used_ip}
      </Text>
    </Table.Td>
    <Table.Td>
      <Time at={token.expires_at} />
    </Table.Td>
    <Table.Td>{token.state === 'active' && <Revoke token={token} />}</Table.Td>
  </Table.Tr>
)

const Revoke = ({ token: { id, name } }: { token: ApiToken }) => (
  <DialogButton
    words="Revoke"
    title={`Revoke the token ${name}?`}
    aria-label={`Revoke the token ${name}`}
    size="compact-sm"
    variant="default"
  >
    {(onClose) => (
      <Question
        act={() => api.revokeApiToken({ id })}
        reads={['tokens']}
        submit="Revoke token"
        refused="Not revoked"
        color="red"
        onClose={onClose}
      >
        The program that has it is refused from its next request on.
      </Question>
    )}
  </DialogButton>
)

const looks: Record<ApiToken['state'], Look> = {
  active: { word: 'In force', color: 'green', Icon: IconCircleCheck },
  expired: { word: 'Expired', color: 'gray', Icon: IconClockX },
  revoked: { word: 'Revoked', color: 'red', Icon: IconBan },
}
