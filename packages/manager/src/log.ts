import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** JSON lines on standard output; the journal keeps them. What must never be read there is cut out here. */
export const openLog = (level: string): Logger =>
  pino({ level, base: null, redact: ['*.password', '*.token', '*.ticket', '*.authorization'] })
