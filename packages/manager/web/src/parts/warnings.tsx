import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'

/** What an approver should know of a request. */
export const Warnings = ({ warnings }: { warnings: string[] }) =>
  warnings.map((warning) => (
    <Alert
      key={warning}
      color="yellow"
      title="It may be a clone"
      icon={<IconAlertTriangle aria-hidden />}
    >
      {warning}
    </Alert>
  ))
