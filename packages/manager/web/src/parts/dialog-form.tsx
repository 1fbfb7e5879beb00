import { Button, Group, Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { isUnanswered } from '../failure-words.ts'
import { FailureAlert } from './failure-alert.tsx'

type End = {
  /** What the button starts. */
  doing: { error: unknown; isPending: boolean }
  /** The title over the words of a refusal. */
  refused: string
  /** The words on the button that does it, and on the one that does not. */
  submit: string
  back?: string
  color?: 'red'
  onClose: () => void
}

type FormProps = End & { onSubmit: FormEventHandler<HTMLFormElement>; children: ReactNode }

/** A dialog that asks for something: its fields, what went wrong, and the two ways out. */
export const DialogForm = ({ onSubmit, children, ...end }: FormProps) => (
  <form onSubmit={onSubmit} noValidate>
    <Stack>
      {children}
      <DialogEnd {...end} />
    </Stack>
  </form>
)

/** A long form has its end out of sight. */
const bringIntoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'center' })

type EndProps = End & { onConfirm?: () => void; disabled?: boolean }

/** The end of a dialog. Without `onConfirm` its button submits the form it stands in. */
export const DialogEnd = ({ doing, refused, submit, back = 'Cancel', ...rest }: EndProps) => (
  <>
    {doing.error !== null && (
      <div ref={bringIntoView}>
        <FailureAlert
          title={isUnanswered(doing.error) ? 'It is not known whether this was done' : refused}
          error={doing.error}
        />
      </div>
    )}
    <Group justify="end">
      <Button variant="default" onClick={rest.onClose}>
        {back}
      </Button>
      <Button
        loading={doing.isPending}
        disabled={rest.disabled ?? false}
        {...(rest.color && { color: rest.color })}
        {...(rest.onConfirm ? { onClick: rest.onConfirm } : { type: 'submit' })}
      >
        {submit}
      </Button>
    </Group>
  </>
)
