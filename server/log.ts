/** Structured log lines on standard output. The only file that knows pino. */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import type { Configuration } from './configuration.js'

export type { Logger }

/** Fields that never reach the log, wherever they stand. */
const REDACTED = ['authorization', 'apiKey', 'token', '*.authorization', '*.apiKey', '*.token']

/**
 * Opens the log. Every line is one JSON object, so text from outside cannot forge a line.
 *
 * @param destination where lines go; defaults to standard output
 */
export function openLog(logging: Configuration['logging'], destination?: DestinationStream): Logger {
  const options = {
    level: logging.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
  }
  return destination ? pino(options, destination) : pino(options)
}
