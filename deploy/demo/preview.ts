import type { HostPreview } from '@linux-patch/shared/job-preview'
import type { Shown } from './demo.ts'
import type { Joined } from './joining.ts'
import type { Manager } from './manager.ts'
import { table } from './table.ts'

export type Previewed = Record<keyof Joined, HostPreview>

/** What one job would do on both hosts, as each of them says it. Nothing is changed. */
export async function previewAll(
  { together, print }: Shown,
  { api }: Manager,
  { web, db }: Joined,
): Promise<Previewed> {
  const host_ids = [web.id, db.id]
  const { preview } = await together({
    preview: {
      title: 'Preview the transaction on both hosts',
      work: () => api.previewJob({ kind: 'patch_apply', host_ids }),
    },
  })
  const of = (id: string) => {
    const found = preview.hosts.find(({ host_id }) => host_id === id)
    if (!found) throw new Error(`The preview leaves out host ${id}.`)
    print(described(found))
    return found
  }
  return { web: of(web.id), db: of(db.id) }
}

/** What binds a job to what was shown. */
export const digestsOf = (previewed: Previewed) =>
  Object.fromEntries(
    Object.values(previewed).flatMap(({ host_id, transaction }) =>
      transaction ? [[host_id, transaction.digest]] : [],
    ),
  )

function described({ host_name, transaction, error }: HostPreview): string {
  if (!transaction) return `${host_name} gives no preview: ${error?.message}`
  const { digest, changes, download_bytes, reboot_required, rollback } = transaction
  const rows = changes.map(({ name, action, version_before, version_planned, origins }) => [
    name,
    action,
    version_before ?? 'none',
    version_planned ?? 'none',
    origins.join(', '),
  ])
  const notes = [
    `fetches ${(download_bytes / 1000).toFixed(0)} kB`,
    reboot_required ? 'a reboot is required' : 'no reboot',
    rollback.possible ? 'can be rolled back' : `cannot be rolled back: ${rollback.reason}`,
  ]
  return [
    `Preview of ${host_name}: ${notes.join(', ')}`,
    `  bound to ${digest}`,
    table(['package', 'action', 'now', 'then', 'from'], rows),
  ].join('\n')
}
