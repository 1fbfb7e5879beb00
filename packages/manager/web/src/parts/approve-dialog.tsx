import { Checkbox, Radio, Stack, TagsInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { Approval, type Enrollment } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { Dialog } from './dialog.tsx'
import { Fingerprint } from './fingerprint.tsx'
import { DisplayName } from './host-fields.tsx'
import { KnownHost } from './known-host.tsx'
import { Warnings } from './warnings.tsx'
import { NoKey } from './no-key.tsx'

type Props = { enrollment: Enrollment; opened: boolean; onClose: () => void }

export const ApproveDialog = ({ enrollment, opened, onClose }: Props) => (
  <Dialog opened={opened} onClose={onClose} title={`Approve ${enrollment.fqdn}`}>
    <ApproveForm enrollment={enrollment} onClose={onClose} />
  </Dialog>
)

function ApproveForm({ enrollment, onClose }: Omit<Props, 'opened'>) {
  const approval = useApproval(enrollment, onClose)
  const form = useApprovalForm(enrollment)
  const refused = approval.error instanceof Failure && 'conflict' in approval.error.details
  const inConflict = enrollment.known_host !== null || refused

  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => approval.mutate(inputOf(values)))}
      doing={approval}
      refused="Not approved"
      submit="Approve host"
      onClose={onClose}
    >
      <KnownHost known={enrollment.known_host} />
      <Warnings warnings={enrollment.warnings} />
      <Stack gap="xs">
        {enrollment.key_fingerprint === null ? (
          <NoKey />
        ) : (
          <Fingerprint value={enrollment.key_fingerprint} label="Key fingerprint to compare" />
        )}
        <Checkbox
          {...(enrollment.key_fingerprint === null ? making : comparing)}
          {...form.getInputProps('compared', { type: 'checkbox' })}
        />
      </Stack>
      <Names form={form} />
      {inConflict && <Conflict {...form.getInputProps('on_conflict')} />}
    </DialogForm>
  )
}

const comparing = {
  label: 'The host printed this fingerprint',
  description: 'Only this key is signed. If the host printed another, deny.',
}
const making = {
  label: 'I know that this host asks, and that it gets a key',
  description: 'The key is made now and handed out once, within ten minutes.',
}

const Names = ({ form }: { form: ReturnType<typeof useApprovalForm> }) => (
  <>
    <DisplayName form={form} />
    <TagsInput
      label="Host names"
      description="The host's certificate is made out to these"
      {...form.getInputProps('dns_names')}
    />
    <TagsInput
      label="IP addresses"
      description="And to these"
      {...form.getInputProps('ip_addresses')}
    />
  </>
)

const Conflict = (input: object) => (
  <Radio.Group label="What is it?" {...input}>
    <Stack my="xs" gap="xs">
      <Radio
        value="merge"
        label="Same machine, came back"
        description="The known host stays, and from now on has this key"
      />
      <Radio
        value="replace"
        label="Another machine"
        description="The known host leaves, and this one is taken in as new"
      />
    </Stack>
  </Radio.Group>
)

function useApprovalForm({ fqdn, ip_address, key_fingerprint, known_host }: Enrollment) {
  return useForm({
    initialValues: {
      compared: false,
      display_name: '',
      dns_names: [fqdn],
      ip_addresses: [ip_address],
      on_conflict: '',
    },
    validate: {
      compared: (compared) =>
        compared ? null : key_fingerprint === null ? 'Say so first' : 'Compare it first',
      dns_names: (names) => problemOf(Approval.dns_names.safeParse(names)),
      ip_addresses: (addresses) => problemOf(Approval.ip_addresses.safeParse(addresses)),
      on_conflict: (choice) => (known_host && choice === '' ? 'Say which of the two it is' : null),
    },
  })
}
type Values = ReturnType<typeof useApprovalForm>['values']

const inputOf = ({ compared: _said, on_conflict, ...names }: Values) => ({
  ...names,
  on_conflict: Approval.on_conflict.catch(undefined).parse(on_conflict),
})

const problemOf = ({ error }: ReturnType<typeof Approval.dns_names.safeParse>) =>
  error?.issues[0]?.message ?? null

function useApproval({ id, key_fingerprint }: Enrollment, onClose: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (values: ReturnType<typeof inputOf>) =>
      api.approveEnrollment({
        id,
        ...(key_fingerprint === null ? { make_key: true } : { key_fingerprint }),
        ...values,
      }),
    onSuccess({ name }) {
      notifications.show({
        color: 'green',
        title: 'Approved',
        message: `${name} is a managed host.`,
      })
      onClose()
      void queries.invalidateQueries()
    },
  })
}
