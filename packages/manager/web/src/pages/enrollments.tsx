import { Stack } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { Answered } from '../parts/answered.tsx'
import { EnrollmentCard } from '../parts/enrollment-card.tsx'
import { HowToEnroll } from '../parts/how-to-enroll.tsx'
import { IfMay } from '../parts/if-may.tsx'
import { JoinCodes } from '../parts/join-codes.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useEnrollments } from '../queries.ts'

export function EnrollmentsPage() {
  const query = useEnrollments()
  return (
    <>
      <PageHead title="Enrollment" />
      <Stack gap="lg">
        <Answered query={query}>
          {({ enrollments, total }) => (
            <Stack gap="lg">
              {enrollments.length === 0 && (
                <Nothing Icon={IconUserPlus} title="No host is waiting">
                  Run the command below on a host: it then appears here and waits for you.
                </Nothing>
              )}
              {enrollments.map((enrollment) => (
                <EnrollmentCard key={enrollment.id} enrollment={enrollment} />
              ))}
              {total > enrollments.length &&
                `${total - enrollments.length} more wait; they show as these are decided.`}
            </Stack>
          )}
        </Answered>
        <IfMay call="listJoinCodes">
          <JoinCodes />
        </IfMay>
        <HowToEnroll />
      </Stack>
    </>
  )
}
