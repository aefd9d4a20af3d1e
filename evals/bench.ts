/**
 * `npm run bench -- <name>`: measurements of speed and size, ratios in one run. Each lives in `evals/bench/<name>.ts` and
 * exports `bench`, which gets the remaining arguments and gives the exit code. Without a name answering is measured.
 */
import { EvalFault, exitWith } from './faults.js'

/** Every measurement; loaded when asked for, since the peers are heavy. */
const MEASUREMENTS = ['answering', 'ingest', 'retrieval', 'server', 'client', 'crash', 'peers'] as const

interface Measurement {
  bench(arguments_: readonly string[]): Promise<number>
}

async function main(): Promise<number> {
  const [first, ...rest] = process.argv.slice(2)
  const named = first !== undefined && !first.startsWith('-')
  const name = named ? MEASUREMENTS.find(known => known === first) : 'answering'
  if (name === undefined)
    throw new EvalFault(
      'arguments-invalid',
      `There is no measurement "${first}"; known are ${MEASUREMENTS.join(', ')}. See docs/evals.md.`,
    )
  const measurement: Measurement = await import(`./bench/${name}.js`)
  return measurement.bench(named ? rest : process.argv.slice(2))
}

exitWith(main())
