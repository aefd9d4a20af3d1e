import { CodedFault } from '../../ingest/faults.js'

/** Ends a command that failed with exit code 1. Of a fault, and of a wrong use (`TypeError`), only the message is printed. */
export function endInFailure(error: unknown): void {
  const isExpected = error instanceof CodedFault || error instanceof TypeError
  console.error(isExpected ? error.message : error)
  process.exitCode = 1
}
