/** `npm run evals -- beir <folder> [--json]`: measures the search on a data set in BEIR format. */
import { readConfigurationWith } from '../../server/configuration.js'
import { BEIR_MEASURES, type BeirFigures, readBeir, runBeir } from '../beir.js'
import { EvalFault } from '../faults.js'
import { percent } from '../table.js'
import { readArguments } from './arguments.js'

/** Runs the command; the exit code is 0. */
export async function runBeirCommand(arguments_: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(arguments_, { json: { type: 'boolean', default: false } })
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0)
    throw new EvalFault(
      'arguments-invalid',
      'Name one folder in BEIR format: npm run evals -- beir <folder> [--json]',
    )
  const figures = await runBeir(await readBeir(folder), readConfigurationWith({}), showProgress)
  if (values.json) console.log(JSON.stringify(figures))
  else console.log(figuresText(folder, figures))
  return 0
}

function figuresText(folder: string, figures: BeirFigures): string {
  const rows = BEIR_MEASURES.map(measure => {
    const interval = figures.intervals[measure]
    const bounds = interval === null ? '' : `  [${percent(interval[0])}, ${percent(interval[1])}]`
    return `${measure.padEnd(12)} ${percent(figures[measure]).padStart(5)}${bounds}`
  })
  return [
    `${folder}: ${figures.queries} questions, ${figures.passages} passages`,
    ...rows,
    `${figures.queriesPerSecond.toFixed(1)} questions a second on one thread; index built in ${figures.buildSeconds.toFixed(1)} s`,
  ].join('\n')
}

function showProgress(stage: 'index' | 'questions', done: number, total: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(done === total ? `\r${' '.repeat(40)}\r` : `\r${stage}: ${done} of ${total}`)
}
