import { pino, stdTimeFunctions, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** JSON lines on standard output, with times as everywhere. What must never be read there is cut out here. */
export const openLog = (level: string): Logger =>
  pino({
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: ['*.password', '*.token', '*.ticket', '*.authorization'],
  })
