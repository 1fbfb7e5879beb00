import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { signOut } from '../sign-in.ts'
import { Gate } from './gate.tsx'

/** What has to be done before anything else; or one leaves. */
export const Forced = ({ title, children }: { title: string; children: ReactNode }) => (
  <Gate title={title}>
    {children}
    <Button variant="subtle" fullWidth mt="xs" onClick={() => void signOut()}>
      Sign out
    </Button>
  </Gate>
)
