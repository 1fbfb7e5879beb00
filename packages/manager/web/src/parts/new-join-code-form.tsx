import { Checkbox, NumberInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { NewJoinCode } from '@linux-patch/shared/join-code'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api.ts'
import { DialogForm } from './dialog-form.tsx'
import { GroupSelect } from './group-select.tsx'
import { JoinCodeMade } from './join-code-made.tsx'

export function NewJoinCodeForm({ onClose }: { onClose: () => void }) {
  const making = useMaking()
  const form = useJoinCodeForm()
  if (making.data) return <JoinCodeMade made={making.data} onClose={onClose} />
  return (
    <DialogForm
      onSubmit={form.onSubmit((values) => making.mutate(values))}
      doing={making}
      refused="Not made"
      submit="Make join code"
      onClose={onClose}
    >
      <TextInput
        label="What for"
        description="As people will read it in the queue and on record"
        data-autofocus
        {...form.getInputProps('name')}
      />
      <NumberInput
        label="How many hosts"
        min={1}
        max={10_000}
        allowDecimal={false}
        {...form.getInputProps('uses')}
      />
      <NumberInput
        label="For how many hours"
        min={1}
        max={90 * 24}
        allowDecimal={false}
        {...form.getInputProps('expires_in_hours')}
      />
      <GroupSelect
        description="Its hosts are put into these"
        {...form.getInputProps('group_ids')}
      />
      <Checkbox
        label="Take its hosts in at once"
        description="Whoever has the code gets in, but for hosts that are in doubt: those wait for you"
        {...form.getInputProps('auto_approve', { type: 'checkbox' })}
      />
    </DialogForm>
  )
}

const useJoinCodeForm = () =>
  useForm({
    initialValues: {
      name: '',
      uses: 1,
      expires_in_hours: 24,
      group_ids: [] as string[],
      auto_approve: false,
    },
    validate: {
      name: (name) => (NewJoinCode.name.safeParse(name).success ? null : 'Say what it is for'),
      uses: (uses) => (NewJoinCode.uses.safeParse(uses).success ? null : 'From 1 to 10,000'),
      expires_in_hours: (hours) =>
        NewJoinCode.expires_in_hours.safeParse(hours).success ? null : 'From 1 to 2,160 hours',
    },
  })

function useMaking() {
  const queries = useQueryClient()
  return useMutation({
    // The code is in this answer alone, and nothing of the page keeps it longer than the dialog.
    gcTime: 0,
    mutationFn: (code: ReturnType<typeof useJoinCodeForm>['values']) => api.createJoinCode(code),
    onSettled: () => queries.invalidateQueries({ queryKey: ['join_codes'] }),
  })
}
