import { useForm, type FormErrors } from '@mantine/form'
import { NewJob, NewJobKind } from '@linux-patch/shared/job'
import { faultOfJob, packageCounts } from '@linux-patch/shared/job-rules'
import { z } from 'zod'
import { parseWanted, spelt } from '../job-words.ts'

export type JobForm = ReturnType<typeof useJobForm>
type Values = Record<'host_ids' | 'packages' | 'patches' | 'exclude_packages', string[]> & {
  kind: NewJobKind
  purge: boolean
  notes: string
}

/** What the link to the form left in the history; of what does not fit, nothing. */
const Left = z
  .object({
    kind: NewJobKind.default('patch_apply'),
    host_ids: z.array(z.string()).default([]),
    patches: z.array(z.string()).default([]),
    packages: z.array(z.object({ name: z.string(), version: z.string().nullable() })).default([]),
  })
  .catch({ kind: 'patch_apply', host_ids: [], patches: [], packages: [] })

export function useJobForm(left: unknown) {
  const { packages, ...draft } = Left.parse(left)
  return useForm<Values>({
    initialValues: { ...draft, ...nothing, packages: packages.map(spelt) },
    validate: problemsOf,
  })
}

const nothing = { exclude_packages: [], purge: false, notes: '' }

/** What travels: of each kind only what counts for it. */
export function inputOf({ kind, host_ids, notes, ...values }: Values) {
  const packages = values.packages.map(parseWanted)
  const { patches, exclude_packages, purge } = values
  return {
    kind,
    host_ids,
    notes,
    ...(kind === 'patch_apply' && { patches, exclude_packages }),
    ...(packageCounts[kind].most > 0 && { packages }),
    ...(kind === 'remove' && { purge }),
  }
}

export function problemsOf(values: Values): FormErrors {
  const problems: Record<string, string> = {}
  const { data, error } = NewJob.safeParse(inputOf(values))
  for (const { path, message } of error?.issues ?? [])
    problems[String(path[0])] ??= wordOf(values, path, message)
  const fault = data && faultOfJob(data)
  if (fault) problems[String(fault.details.field)] = fault.message
  if (values.host_ids.length === 0) problems.host_ids = 'Choose at least one host'
  if (values.packages.length < packageCounts[values.kind].least)
    problems.packages = 'Name a package'
  return problems
}

function wordOf(values: Values, [field, place]: PropertyKey[], message: string) {
  const list = values[field as keyof Values]
  const entry = Array.isArray(list) && typeof place === 'number' ? list[place] : undefined
  return entry === undefined ? message : `${entry} ${message}`
}
