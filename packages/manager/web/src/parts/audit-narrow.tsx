import { Group, TextInput } from '@mantine/core'
import { AuditOutcome } from '@linux-patch/shared/audit'
import { useFilter } from '../use-filter.ts'
import { ActionFilter } from './action-filter.tsx'
import { Choice } from './choice.tsx'
import { SearchFilter } from './search-filter.tsx'

/** What the record is narrowed to, as the address says it. */
export function useAuditFilter() {
  const { text } = useFilter()
  return {
    search: text('search') || undefined,
    actor: text('actor') || undefined,
    action: text('action') || undefined,
    outcome: AuditOutcome.safeParse(text('outcome')).data,
    from: beginOf(text('from')),
    to: endOf(text('to')),
  }
}

export const AuditNarrow = () => (
  <Group mb="md" role="search" align="end">
    <SearchFilter
      label="Search the record"
      placeholder="Search in names, actions, targets, addresses and details"
    />
    <SearchFilter name="actor" label="Who" placeholder="By whom, the whole name" />
    <ActionFilter />
    <Choice name="outcome" label="Outcome" any="Any outcome" options={outcomes} />
    <Day name="from" label="From" />
    <Day name="to" label="Until" />
  </Group>
)

const outcomes: Record<AuditOutcome, string> = {
  success: 'Done',
  failure: 'Failed',
  refused: 'Refused',
}

function Day({ name, label }: { name: string; label: string }) {
  const { text, set } = useFilter()
  return (
    <TextInput
      type="date"
      label={label}
      value={text(name)}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
}

/** The first moment of a day where the reader is. */
const beginOf = (day: string) => momentOf(day, 0)
/** The first moment after it. */
const endOf = (day: string) => momentOf(day, 1)

function momentOf(day: string, later: number) {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  const moment = new Date(year, month - 1, date + later)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}
