import type { PackageChange } from '@linux-patch/shared/agent-job'
import type { DiskChange, Transaction } from '@linux-patch/shared/transaction'

export const actionWords: Record<PackageChange['action'], string> = {
  install: 'Install',
  upgrade: 'Upgrade',
  downgrade: 'Downgrade',
  reinstall: 'Reinstall',
  remove: 'Remove',
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** `1.2 MB`: bytes as people read them, in steps of a thousand. */
export function sizeWords(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const unit = units[step] ?? 'byte'
  const format = {
    style: 'unit',
    unit,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step < 2 ? 0 : 1,
  } as const
  return new Intl.NumberFormat('en', format).format(bytes / 1000 ** step)
}

/** `Upgrades 3, installs 1.` */
export function countWords({ changes }: Transaction): string {
  const counts = Map.groupBy(changes, ({ action }) => action)
  const said = [...counts].map(
    ([action, of]) => `${actionWords[action].toLowerCase()}s ${of.length}`,
  )
  const text = said.join(', ')
  return text === '' ? 'Nothing to do.' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** `It needs 4 MB on /var, where 10 GB are free.` */
export const diskWords = ({ mount, needed_bytes, free_bytes }: DiskChange): string =>
  needed_bytes < 0
    ? `It frees ${sizeWords(-needed_bytes)} on ${mount}.`
    : `It needs ${sizeWords(needed_bytes)} on ${mount}, where ${sizeWords(free_bytes)} are free.`

/** What a transaction means for those who use the host. */
export function effectWords(transaction: Transaction): string[] {
  const { reboot_required, services_to_restart: services, rollback } = transaction
  return [
    reboot_required ? 'A reboot is required afterwards.' : 'No reboot is required.',
    services === null
      ? 'Which services run what it replaces cannot be told.'
      : services.length === 0
        ? 'No service runs what it replaces.'
        : `Services that run what it replaces, and restart or should: ${services.join(', ')}.`,
    rollback.possible
      ? 'It can be rolled back.'
      : `It cannot be rolled back: ${rollback.reason ?? 'the host does not say why.'}`,
  ]
}
