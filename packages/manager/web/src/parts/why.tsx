import { Textarea, type TextareaProps } from '@mantine/core'

const Lines = (props: TextareaProps) => <Textarea autosize minRows={2} {...props} />

/** Why something is done that others will ask about. */
export const Reason = (props: TextareaProps) => (
  <Lines label="Reason" description="Kept in the manager's record" maxLength={500} {...props} />
)

export const JobNotes = (props: TextareaProps) => (
  <Lines
    label="Notes"
    description="Why, for those who look at this job later"
    maxLength={1000}
    {...props}
  />
)
