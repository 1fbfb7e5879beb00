import { nothingAsked, type TransactionRequest } from '../package-manager.ts'
import type { Installed } from './installed.ts'
import { parseSimulation, type Step } from './simulation.ts'

/** A request that asks for nothing, but for what a test changes. */
export const request = (changes: Partial<TransactionRequest> = {}): TransactionRequest => ({
  operation: 'patch_apply',
  ...nothingAsked,
  ...changes,
})

export const installed = (name: string, changes: Partial<Installed> = {}): Installed => ({
  name,
  version: '1',
  architecture: 'amd64',
  status: 'installed',
  held: false,
  half_unpacked: false,
  size_bytes: null,
  installed_at: '2026-11-01T00:00:00.000Z',
  maintainer: null,
  homepage: null,
  source: name,
  source_version: '1',
  pre_depends: '',
  depends: '',
  provides: '',
  description: '',
  ...changes,
})

export const byName = (...all: Installed[]) => new Map(all.map((one) => [one.name, one]))

/** What apt-get would print for each: `lab-lib 1.0 2.0` is an upgrade, `lab-lib 1.0 -` a removal, `lab-lib - 1.0` new. */
export const steps = (...changes: string[]): Step[] =>
  changes.flatMap((change) => {
    const [name, before, after] = change.split(' ')
    const had = before === '-' ? '' : ` [${before}]`
    return parseSimulation(
      after === '-' ? `Remv ${name}${had}` : `Inst ${name}${had} (${after} Lab:1/stable [amd64])`,
    )
  })
