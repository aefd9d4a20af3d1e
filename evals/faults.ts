/** The faults of the evaluation suite. Their messages are English, for the person at the terminal. */
import { CodedFault } from '../ingest/faults.js'

/** Every fault that `evals/` can raise. */
export type EvalFaultCode =
  | 'arguments-invalid'
  | 'cases-invalid'
  | 'run-invalid'
  | 'dataset-invalid'
  | 'server-unreachable'
  | 'model-missing'

/** A fault raised by `evals/`. */
export class EvalFault extends CodedFault<EvalFaultCode> {
  override readonly name = 'EvalFault'
}

/** Ends the process with the exit code of a command, or with 1 and the message of its fault. */
export async function exitWith(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command
  } catch (fault) {
    console.error(fault instanceof CodedFault ? fault.message : fault)
    process.exitCode = 1
  }
}
