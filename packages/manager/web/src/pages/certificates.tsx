import { Button, Card, Group, Select } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { CertificateKind, CertificateStatus } from '@linux-patch/shared/certificate'
import { IconCertificate, IconPlus } from '@tabler/icons-react'
import { kindWords } from '../certificate-words.ts'
import { Answered } from '../parts/answered.tsx'
import { CertificateSummaryLine } from '../parts/certificate-summary.tsx'
import { CertificateTable } from '../parts/certificate-table.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { OperatorDialog } from '../parts/operator-dialog.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Pager } from '../parts/pager.tsx'
import { SearchFilter } from '../parts/search-filter.tsx'
import { StatusFilter } from '../parts/status-filter.tsx'
import { certificateLooks } from '../parts/status.tsx'
import { useCertificates } from '../queries.ts'
import { useFilter } from '../use-filter.ts'

const PAGE = 25
const EXPIRING_DAYS = 30

export function CertificatesPage() {
  const { page, text, set } = useFilter()
  const query = useCertificates({
    search: text('search') || undefined,
    status: CertificateStatus.safeParse(text('status')).data,
    kind: CertificateKind.safeParse(text('kind')).data,
    expiring_within_days: text('ending') === 'soon' ? EXPIRING_DAYS : undefined,
    sort: text('ending') === 'soon' ? 'not_after' : 'created_at',
    order: text('ending') === 'soon' ? 'asc' : 'desc',
    limit: PAGE,
    offset: (page - 1) * PAGE,
  })
  return (
    <>
      <PageHead title="Certificates" actions={<NewOperator />} />
      <Narrow />
      <Answered query={query}>
        {({ certificates = [], summary, ...part }) => (
          <>
            <CertificateSummaryLine summary={summary} />
            {certificates.length === 0 ? (
              <Nothing Icon={IconCertificate} title="No certificate is like that" />
            ) : (
              <Card withBorder p={0}>
                <CertificateTable certificates={certificates} />
              </Card>
            )}
            <Pager what="certificates" {...part} onPage={(next) => set({ page: String(next) })} />
          </>
        )}
      </Answered>
    </>
  )
}

function NewOperator() {
  const [opened, dialog] = useDisclosure()
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
        New operator certificate
      </Button>
      <OperatorDialog opened={opened} onClose={dialog.close} />
    </>
  )
}

const Narrow = () => (
  <Group mb="md" role="search">
    <SearchFilter
      label="Search certificates"
      placeholder="Search by host, operator, serial number or fingerprint"
    />
    <Choice name="kind" label="Kind" any="Any kind" options={kindWords} />
    <Choice name="ending" label="End" any="Any end" options={{ soon: 'Ends within 30 days' }} />
    <StatusFilter statuses={CertificateStatus.options} looks={certificateLooks} />
  </Group>
)

type Choosing = { name: string; label: string; any: string; options: Record<string, string> }

function Choice({ name, label, any, options }: Choosing) {
  const { text, set } = useFilter()
  const data = Object.entries(options).map(([value, word]) => ({ value, label: word }))
  return (
    <Select
      aria-label={label}
      w={190}
      allowDeselect={false}
      data={[{ value: '', label: any }, ...data]}
      value={text(name)}
      onChange={(value) => set({ [name]: value ?? '' })}
    />
  )
}
