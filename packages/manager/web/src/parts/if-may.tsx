import type { ReactNode } from 'react'
import { useMay, type CallName } from '../rights.ts'

/** What leads to a call, for those who may make it. */
export const IfMay = ({ call, children }: { call: CallName; children: ReactNode }) =>
  useMay()(call) && children
