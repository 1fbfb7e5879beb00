import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import type { AuditFilter } from '../audit-queries.ts'
import { wordsOf } from '../failure-words.ts'
import { saveFile } from './save-file.ts'

type Format = 'csv' | 'json'
const types: Record<Format, string> = { csv: 'text/csv', json: 'application/json' }

/** Saves what the list is narrowed to, all of it, as a file. */
export function AuditExport({ filter }: { filter: AuditFilter }) {
  const saving = useMutation({
    gcTime: 0,
    mutationFn: async (format: Format) =>
      saveFile(`audit.${format}`, await api.exportAudit({ ...filter, format }), types[format]),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'Not exported', message: wordsOf(error) }),
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={saving.isPending}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => saving.mutate('csv')}>As CSV</Menu.Item>
        <Menu.Item onClick={() => saving.mutate('json')}>As JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
