import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { Section, Settings } from '@linux-patch/shared/settings'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../api.ts'
import { fieldErrors } from '../field-errors.ts'
import { useMay } from '../rights.ts'
import { FailureAlert } from './failure-alert.tsx'
import { SettingInput } from './setting-input.tsx'
import { settingsFields } from './settings-fields.ts'
import { changesIn, typedOf, valueIn } from './settings-form.ts'
import { Sheet } from './sheet.tsx'

type Props = { section: Section; settings: Settings; actions?: ReactNode }

/** A section of the settings. Those who may not change it read it. What is typed stays until this section is another. */
export const SettingsSection = (props: Props) => (
  <SectionForm key={JSON.stringify(props.settings[props.section])} {...props} />
)

function SectionForm({ section, settings, actions }: Props) {
  const { title, fields } = settingsFields[section]
  const values = settings[section]
  const before = typedOf(fields, values)
  const form = useForm({ initialValues: before })
  const saving = useSaving(section)
  const may = useMay()('changeSettings')

  function save(after: typeof before) {
    saving.mutate(changesIn(fields, before, after), {
      // A secret that takes the place of another leaves all that is told as it was.
      onSuccess: (saved) => form.setValues(typedOf(fields, saved[section])),
      onError: (error) => form.setErrors(withoutSection(fieldErrors(error), section)),
    })
  }

  return (
    <Sheet title={title} actions={actions}>
      <form onSubmit={form.onSubmit(save)} aria-label={title} noValidate>
        <fieldset className="plain" disabled={!may}>
          <Stack>
            {fields.map((field) => (
              <SettingInput
                key={field.name}
                field={field}
                stored={valueIn(values, field.name)}
                input={form.getInputProps(field.name)}
              />
            ))}
            {saving.error && <FailureAlert title="Not saved" error={saving.error} />}
            {may && (
              <Group>
                <Button type="submit" loading={saving.isPending} disabled={!form.isDirty()}>
                  Save
                </Button>
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
    </Sheet>
  )
}

const withoutSection = (errors: Record<string, string>, section: Section) =>
  Object.fromEntries(
    Object.entries(errors).map(([field, message]) => [field.replace(`${section}.`, ''), message]),
  )

function useSaving(section: Section) {
  const queries = useQueryClient()
  return useMutation({
    // A secret may be among it.
    gcTime: 0,
    mutationFn: (changes: object) => api.changeSettings({ [section]: changes }),
    onSuccess(settings) {
      queries.setQueryData(['settings'], settings)
      notifications.show({ color: 'green', message: 'The settings are saved.' })
    },
  })
}
