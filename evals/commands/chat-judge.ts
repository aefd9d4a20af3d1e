/**
 * `npm run evals -- judge [run.jsonl]`: lets the configured chat model judge labelled answers, so that its agreement with a
 * reader is known, and then the answers of a run. Never part of the gate.
 */
import { fileURLToPath } from 'node:url'
import { openChatModel } from '../../server/chat-model.js'
import { readConfigurationWith } from '../../server/configuration.js'
import { describeEnvironment, environmentText, keepMeasurement } from '../bench/environment.js'
import { EvalFault } from '../faults.js'
import { readResults } from '../journal.js'
import {
  type Agreement,
  agreementOf,
  CORRECTNESS,
  type Completion,
  type JudgedAnswer,
  type JudgeVerdict,
  judgeAnswer,
  readLabels,
} from '../judge.js'
import { estimate, seededRandom } from '../statistics.js'
import { alignedTable, estimateText, percent } from '../table.js'
import { readArguments } from './arguments.js'
import { newestRun } from './make-report.js'

const LABELS_FILE = fileURLToPath(new URL('../judge/labels.jsonl', import.meta.url))

/** Runs the command; the exit code is 0. */
export async function judge(arguments_: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(arguments_, {
    /** Answers of the run that are judged, chosen at random. */
    sample: { type: 'string', default: '100' },
    /** Judges the labelled answers only. */
    'labels-only': { type: 'boolean', default: false },
    /** Prints only; the report keeps showing the judge before. */
    discard: { type: 'boolean', default: false },
  })
  const { id, complete } = await openCompletion()
  const labels = await readLabels(LABELS_FILE)
  const verdicts = await judgeAll(labels, complete, 'labelled answers')
  const agreement = {
    correct: agreementOf(
      labels.map(label => label.correct),
      verdicts.map(verdict => verdict.correct),
    ),
    grounded: agreementOf(
      labels.map(label => String(label.grounded)),
      verdicts.map(({ grounded }) => (grounded === null ? null : String(grounded))),
    ),
  }
  const readers = [...new Set(labels.map(label => label.labelledBy))].join('; ')
  console.log(`judge ${id}; labels by ${readers}\n`)
  console.log(agreementText('correctness', agreement.correct))
  console.log(`\n${agreementText('groundedness', agreement.grounded)}`)

  const run = values['labels-only'] ? null : (positionals[0] ?? (await newestRun()))
  const judged = run === null ? null : await judgeRun(run, Number(values.sample), complete)
  if (judged !== null) {
    console.log(`\n${run}: ${judged.length} answers`)
    for (const verdict of CORRECTNESS)
      console.log(
        `${verdict.padEnd(10)} ${shareText(judged.map(item => (item.correct === null ? null : item.correct === verdict)))}`,
      )
    console.log(`${'ondersteund'.padEnd(10)} ${shareText(judged.map(item => item.grounded))}`)
  }
  const environment = await describeEnvironment()
  console.log(`\n${environmentText(environment)}`)
  if (!values.discard)
    await keepMeasurement('judge', environment, { judge: id, readers, agreement, run, verdicts: judged })
  return 0
}

/**
 * The configured chat model as one function.
 *
 * @throws {EvalFault} `model-missing` when none is configured
 */
export async function openCompletion(): Promise<{ readonly id: string; readonly complete: Completion }> {
  const model = await openChatModel(readConfigurationWith({}))
  if (model === null)
    throw new EvalFault('model-missing', 'This needs a chat model: set CHAT_MODEL, see docs/operations.md.')
  return { id: model.id, complete: (prompt, signal) => model.complete(prompt, { signal }) }
}

async function judgeRun(run: string, sample: number, complete: Completion): Promise<readonly JudgeVerdict[]> {
  const answers: JudgedAnswer[] = []
  for await (const { expect, outcome, earlier, question, expectedAnswer, answer, citations } of readResults(
    run,
  ))
    if (expect === 'answer' && outcome === 'answered' && expectedAnswer !== '')
      answers.push({
        question: [...earlier, question].join(' / '),
        expected: expectedAnswer,
        answer,
        sources: citations,
      })
  const random = seededRandom(1)
  const chosen = answers
    .map(answer => ({ answer, order: random() }))
    .sort((left, right) => left.order - right.order)
    .slice(0, sample)
  return judgeAll(
    chosen.map(({ answer }) => answer),
    complete,
    'answers of the run',
  )
}

async function judgeAll(
  answers: readonly JudgedAnswer[],
  complete: Completion,
  what: string,
): Promise<readonly JudgeVerdict[]> {
  const verdicts: JudgeVerdict[] = []
  for (const answer of answers) {
    verdicts.push(await judgeAnswer(answer, complete))
    if (process.stderr.isTTY) process.stderr.write(`\r${what}: ${verdicts.length} of ${answers.length} `)
  }
  if (process.stderr.isTTY) process.stderr.write('\r')
  return verdicts
}

function agreementText(name: string, { pairs, leftOut, equal, kappa, interval, table }: Agreement): string {
  const verdicts = [...new Set(Object.values(table).flatMap(row => Object.keys(row)))].sort()
  const rows = Object.entries(table).map(([label, row]) => [
    label,
    ...verdicts.map(verdict => String(row[verdict] ?? 0)),
  ])
  const bounds = interval === null ? '' : ` [${interval[0].toFixed(2)}, ${interval[1].toFixed(2)}]`
  return [
    `${name}: equal to the reader in ${percent(equal)} % of ${pairs}, kappa ${kappa?.toFixed(2) ?? '–'}${bounds}` +
      `${leftOut > 0 ? `, ${leftOut} without a verdict` : ''}`,
    alignedTable([['reader \\ judge', ...verdicts], ...rows]),
  ].join('\n')
}

function shareText(values: readonly (boolean | null)[]): string {
  return estimateText(estimate(values.map(value => (value === null ? null : value ? 1 : 0))))
}
