/** Reading the flags of the evaluation's commands. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { EvalFault } from '../faults.js'

/**
 * `parseArgs` of Node, with a fault that says which flags there are.
 *
 * @throws {EvalFault} `arguments-invalid`
 */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(
  values: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...values], options, allowPositionals: true, strict: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause)
    const flags = Object.keys(options).map(name => `--${name}`)
    throw new EvalFault('arguments-invalid', `${reason}. Known flags: ${flags.join(' ')}`, { cause })
  }
}
