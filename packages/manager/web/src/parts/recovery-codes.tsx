import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { saveFile } from './save-file.ts'
import { SecretOnce } from './secret-once.tsx'

/** Codes that open the account without the phone, as they were just made. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const text = codes.join('\n')
  return (
    <SecretOnce
      label="Recovery codes"
      value={text}
      warning="Each of these opens your account once when your phone is lost. They are shown this once: keep them where the phone is not."
      onClose={onClose}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => saveFile('recovery-codes.txt', `${text}\n`, 'text/plain')}
        >
          Download
        </Button>
      }
    />
  )
}
