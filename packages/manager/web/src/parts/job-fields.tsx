import { Checkbox, MultiSelect, Radio, Stack, TagsInput } from '@mantine/core'
import type { Host } from '@linux-patch/shared/host'
import { NewJobKind } from '@linux-patch/shared/job'
import { packageCounts } from '@linux-patch/shared/job-rules'
import { kindWords } from '../job-words.ts'
import { useHost } from '../queries.ts'
import { useMay } from '../rights.ts'
import type { JobForm } from './job-form.ts'
import { JobNotes } from './why.tsx'

type Props = { form: JobForm; hosts: Host[]; total: number }

export function JobFields({ form, hosts, total }: Props) {
  const may = useMay()
  const kinds = NewJobKind.options.filter((kind) => may('createJob', { kind }))
  return (
    <Stack gap="lg">
      <Radio.Group label="Kind" {...form.getInputProps('kind')}>
        <Stack mt="xs" gap="xs">
          {kinds.map((kind) => (
            <Radio key={kind} value={kind} label={kindWords[kind]} />
          ))}
        </Stack>
      </Radio.Group>
      <MultiSelect
        label="Hosts"
        description={
          total > hosts.length &&
          `These are the first ${hosts.length} of ${total}; choose others in the list of hosts.`
        }
        placeholder={form.values.host_ids.length === 0 ? 'Choose hosts' : ''}
        data={hosts.map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Choose no host' }}
        hidePickedOptions
        limit={50}
        nothingFoundMessage="No host has this name"
        {...form.getInputProps('host_ids')}
      />
      <What form={form} />
      <JobNotes {...form.getInputProps('notes')} />
    </Stack>
  )
}

/** The fields that count for the chosen kind; of a single host, its own packages are offered. */
function What({ form }: { form: JobForm }) {
  const { kind, host_ids } = form.values
  const host = useHost(host_ids.length === 1 ? host_ids[0] : undefined).data
  const pending = host?.packages.map(({ name }) => name) ?? []
  if (kind === 'install')
    return (
      <TagsInput
        label="Packages"
        description="Press Enter after each; openssl takes the newest version, openssl=3.0.22-1 that one"
        {...form.getInputProps('packages')}
      />
    )
  if (kind === 'reboot') return null
  if (kind === 'remove')
    return (
      <>
        <TagsInput
          label="Package"
          description="Nothing that others need is removed along with it"
          maxTags={packageCounts[kind].most}
          {...form.getInputProps('packages')}
        />
        <Checkbox
          label="Remove its configuration files too"
          {...form.getInputProps('purge', { type: 'checkbox' })}
        />
      </>
    )
  if (kind === 'update')
    return (
      <TagsInput
        label="Package"
        description="openssl takes the newest version, openssl=3.0.22-1 that one"
        maxTags={packageCounts[kind].most}
        data={unique(pending)}
        {...form.getInputProps('packages')}
      />
    )
  return (
    <>
      <TagsInput
        label="Patches"
        description="Leave it empty for all that are available on each host"
        data={unique(host?.patches.map(({ id }) => id) ?? [])}
        {...form.getInputProps('patches')}
      />
      <TagsInput
        label="Packages to leave alone"
        description="They keep their version, even where a patch is for them"
        data={unique(pending)}
        {...form.getInputProps('exclude_packages')}
      />
    </>
  )
}

const unique = (names: string[]) => [...new Set(names)]
