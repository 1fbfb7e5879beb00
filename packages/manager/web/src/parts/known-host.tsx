import { Alert, Anchor } from '@mantine/core'
import type { Enrollment } from '@linux-patch/shared/enrollment'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from 'wouter'

const list = new Intl.ListFormat('en')

/** Says that a managed host looks like the one that asks, and in what. */
export function KnownHost({ known }: { known: Enrollment['known_host'] }) {
  if (!known) return null
  return (
    <Alert
      color="yellow"
      title="This may be a host you know"
      icon={<IconAlertTriangle aria-hidden />}
    >
      <Anchor inherit underline="always" component={Link} href={`/hosts/${known.id}`}>
        {known.name}
      </Anchor>{' '}
      is managed already and has the same {list.format(known.same.map(inWords))}. On approval you
      say whether it is the same machine or another one.
    </Alert>
  )
}

const words: Record<string, string> = { fqdn: 'name', ip_address: 'address' }
const inWords = (field: string) => words[field] ?? field.replaceAll('_', ' ')
