import { Button, Card, Group } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { AuditExport } from '../parts/audit-export.tsx'
import { AuditIntegrityButton } from '../parts/audit-integrity.tsx'
import { AuditNarrow, useAuditFilter } from '../parts/audit-narrow.tsx'
import { AuditTable } from '../parts/audit-table.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useAudit } from '../audit-queries.ts'

/** What was done and refused, newest first. */
export function AuditPage() {
  const filter = useAuditFilter()
  const query = useAudit(filter)
  return (
    <>
      <PageHead
        title="Audit"
        actions={
          <>
            <IfMay call="exportAudit">
              <AuditExport filter={filter} />
            </IfMay>
            <IfMay call="verifyAudit">
              <AuditIntegrityButton />
            </IfMay>
          </>
        }
      />
      <AuditNarrow />
      <Answered query={query}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.entries)
          return entries.length === 0 ? (
            <Nothing Icon={IconHistory} title="Nothing like that is on record" />
          ) : (
            <>
              <Card withBorder p={0}>
                <AuditTable entries={entries} />
              </Card>
              {query.hasNextPage && (
                <Group justify="center" mt="md">
                  <Button
                    variant="default"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    Show older
                  </Button>
                </Group>
              )}
            </>
          )
        }}
      </Answered>
    </>
  )
}
