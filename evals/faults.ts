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
