import { Modal, type ModalProps } from '@mantine/core'
import { useId } from 'react'

/** A dialog. Where it needs a proof of who asks, that lies over it, and Escape closes only what is on top. */
export const Dialog = (props: ModalProps) => <Modal stackId={useId()} {...props} />
