import { Text } from '@mantine/core'

/** Says of a request without a key what approving it means. */
export const NoKey = () => (
  <Text size="sm">
    It sent no certificate request, so there is no key to compare. Whoever holds the token of this
    request gets the one that is made on approval: make sure that the request is the host&apos;s.
  </Text>
)
