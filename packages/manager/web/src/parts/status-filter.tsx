import { Choice } from './choice.tsx'
import type { Look } from './status.tsx'

/** Narrows a list to one status, of those that it can have. */
export const StatusFilter = ({
  statuses,
  looks,
}: {
  statuses: string[]
  looks: Record<string, Look>
}) => (
  <Choice
    name="status"
    label="Status"
    any="Any status"
    options={Object.fromEntries(statuses.map((value) => [value, looks[value]?.word ?? value]))}
  />
)
