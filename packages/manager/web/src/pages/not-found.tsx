import { Anchor } from '@mantine/core'
import { IconError404 } from '@tabler/icons-react'
import { Link } from 'wouter'
import { Nothing } from '../parts/nothing.tsx'
import { PageHead } from '../parts/page-head.tsx'

export const NotFoundPage = () => (
  <>
    <PageHead title="There is no such page" />
    <Nothing
      Icon={IconError404}
      title="Nothing is at this address"
      actions={
        <Anchor component={Link} href="/hosts">
          Go to the hosts
        </Anchor>
      }
    />
  </>
)
