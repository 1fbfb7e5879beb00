import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { AuditIntegrity } from '@linux-patch/shared/audit'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Dialog } from './dialog.tsx'
import { FailureAlert } from './failure-alert.tsx'
import { Facts } from './facts.tsx'
import { Nothing } from './nothing.tsx'
import { Time } from './time.tsx'

/** Has the manager go through the whole record, and says whether it is as it was written. */
export function AuditIntegrityButton() {
  const [opened, dialog] = useDisclosure()
  const checking = useMutation({ mutationFn: () => api.verifyAudit(), onSettled: dialog.open })
  return (
    <>
      <Button
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        loading={checking.isPending}
        onClick={() => checking.mutate()}
      >
        Check integrity
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title="Integrity of the audit">
        {checking.error && <FailureAlert title="Not checked" error={checking.error} />}
        {checking.data && <Verdict found={checking.data} />}
      </Dialog>
    </>
  )
}

const Verdict = ({ found }: { found: AuditIntegrity }) => (
  <Stack>
    {found.valid ? (
      <Nothing Icon={IconShieldCheck} title="The record is as it was written">
        {found.checked} rows were checked, each against the one before.
      </Nothing>
    ) : (
      <Nothing Icon={IconAlertTriangle} title="The record is not as it was written">
        {found.first_bad?.message} Keep a copy of the database and of audit-known.json as they are:
        they are the proof. The runbook of the audit says what to do then.
      </Nothing>
    )}
    <Facts facts={factsOf(found)} />
    {found.chained_to > 0 && (
      <Text size="xs" c="dimmed">
        Rows up to {found.chained_to} were written by an earlier version, and put into the chain
        later.
      </Text>
    )}
  </Stack>
)

const factsOf = ({ checked, from_seq, head, first_bad, last_checkpoint }: AuditIntegrity) => ({
  ...(first_bad && {
    'First bad row': `${first_bad.seq}, ${first_bad.fault}`,
    'Right until then': `${checked} rows`,
  }),
  'Kept from row': from_seq,
  'Last row': head?.seq ?? 'none',
  'Last checkpoint': last_checkpoint ? (
    <>
      row {last_checkpoint.seq}, <Time at={last_checkpoint.at} />
    </>
  ) : (
    'none yet'
  ),
})
