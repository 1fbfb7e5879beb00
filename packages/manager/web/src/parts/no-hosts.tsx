import { Button } from '@mantine/core'
import { IconSearchOff, IconServer2 } from '@tabler/icons-react'
import { Link } from 'wouter'
import { IfMay } from './if-may.tsx'
import { Nothing } from './nothing.tsx'

export const NoHosts = ({ narrowed }: { narrowed: boolean }) =>
  narrowed ? (
    <Nothing Icon={IconSearchOff} title="No host matches">
      Search for something else, or choose any status.
    </Nothing>
  ) : (
    <Nothing
      Icon={IconServer2}
      title="No hosts yet"
      actions={
        <IfMay call="listEnrollments">
          <Button component={Link} href="/enrollments">
            Enrol a host
          </Button>
        </IfMay>
      }
    >
      A host is managed once it has asked for a place and you have approved it.
    </Nothing>
  )
