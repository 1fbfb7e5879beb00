import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { CallName } from '../rights.ts'
import { DialogButton } from './dialog-button.tsx'
import { IfMay } from './if-may.tsx'
import { Question } from './question.tsx'

export type Member = { id: string; name: string; shown: ReactNode }
type Props = {
  label: string
  members: Member[]
  /** The call by which one is taken out, and what then follows, in words. */
  call: CallName
  remove: (id: string) => Promise<unknown>
  follows: string
}

/** Who or what is in a group, and the way out of it. */
export const MemberTable = ({ label, members, ...out }: Props) =>
  members.length === 0 ? (
    <Text size="sm">There are none.</Text>
  ) : (
    <Table aria-label={label}>
      <Table.Tbody>
        {members.map((member) => (
          <Table.Tr key={member.id}>
            <Table.Td className="wrap">{member.shown}</Table.Td>
            <Table.Td ta="right">
              <TakeOut member={member} {...out} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )

type OutProps = Omit<Props, 'label' | 'members'> & { member: Member }

const TakeOut = ({ member: { id, name }, call, remove, follows }: OutProps) => (
  <IfMay call={call}>
    <DialogButton
      words="Take out"
      title={`Take ${name} out of the group?`}
      aria-label={`Take ${name} out`}
      size="compact-sm"
      variant="default"
    >
      {(onClose) => (
        <Question
          act={() => remove(id)}
          reads={[]}
          submit="Take out"
          refused="Not taken out"
          onClose={onClose}
        >
          {follows}
        </Question>
      )}
    </DialogButton>
  </IfMay>
)
