import { Card, Group } from '@mantine/core'
import { CertificateKind, CertificateStatus } from '@linux-patch/shared/certificate'
import { IconCertificate, IconPlus } from '@tabler/icons-react'
import { kindWords } from '../certificate-words.ts'
import { Answered } from '../parts/answered.tsx'
import { CertificateSummaryLine } from '../parts/certificate-summary.tsx'
import { CertificateTable } from '../parts/certificate-table.tsx'
import { Choice } from '../parts/choice.tsx'
import { DialogButton } from '../parts/dialog-button.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { OperatorForm } from '../parts/operator-form.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Pager } from '../parts/pager.tsx'
import { SearchFilter } from '../parts/search-filter.tsx'
import { StatusFilter } from '../parts/status-filter.tsx'
import { certificateLooks } from '../parts/status.tsx'
import { Whose } from '../parts/whose.tsx'
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
      <PageHead
        title="Certificates"
        below={<Whose />}
        actions={
          <IfMay call="issueOperatorCertificate">
            <NewOperator />
          </IfMay>
        }
      />
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

const NewOperator = () => (
  <DialogButton words="New operator certificate" Icon={IconPlus} holds>
    {(onClose) => <OperatorForm onClose={onClose} />}
  </DialogButton>
)

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
