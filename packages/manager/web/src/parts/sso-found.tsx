import { List, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import type { SsoTest } from '@linux-patch/shared/settings/sso-tests'
import { Tinted } from './status.tsx'

/** What a test found out about a provider without anybody signing in. */
export const SsoFound = ({ found: { checks, redirect_uri } }: { found: SsoTest }) => (
  <>
    <List listStyleType="none" spacing="xs" aria-label="What was found">
      {checks.map(({ name, result, message }) => (
        <List.Item key={name} icon={<Tinted {...looks[result]} />}>
          <Text size="sm" className="wrap">
            {message}
          </Text>
        </List.Item>
      ))}
    </List>
    <Text size="sm" className="wrap">
      The provider has to know this redirect address: {redirect_uri}
    </Text>
  </>
)

const looks = {
  ok: { color: 'green', Icon: IconCircleCheck },
  failed: { color: 'red', Icon: IconCircleX },
  unknown: { color: 'gray', Icon: IconHelpCircle },
}
