/** `npm run bench`: how fast questions are answered, in process and from the command line, beside a plain search. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Assistant, openAssistant } from '../../server/assistant.js'
import { CASES_FOLDER } from '../commands/folders.js'
import { openConfigured } from '../configured.js'
import type { ResolvedCase } from '../gold.js'
import { askCase } from '../outcome.js'
import { percentile } from '../statistics.js'
import { alignedTable } from '../table.js'
import { answerableCases, corpusTexts, figuresTable, measureEngine } from './corpus-texts.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'
import { ownEngine } from './peers.js'
import { openMiniSearch } from './search-engines.js'

/** Starts of the command line that are timed; the median counts. */
const STARTS = 5

const QUESTION = 'Hoeveel geld is er in 2029 voor migratiesamenwerking begroot?'

/** Runs the measurement; the exit code is 0. */
export async function bench(): Promise<number> {
  const { assistant, configuration } = await openConfigured({})
  try {
    const cases = await answerableCases(assistant, [join(CASES_FOLDER, 'dev.jsonl')])
    // The first questions compile the code and fill caches; visitors after the first do not pay for that.
    for (const { case: evalCase } of cases.slice(0, 20)) await askCase(evalCase, assistant)
    const early = await timeQuestions(assistant, cases)
    const single = await timeQuestions(assistant, await answerableCases(assistant))

    const opened: number[] = []
    for (let start = 0; start < STARTS; start++) {
      const started = performance.now()
      const fresh = await openAssistant(configuration)
      await fresh.ask({ question: QUESTION })
      opened.push(performance.now() - started)
      await fresh.close()
    }
    const commandLine: number[] = []
    for (let start = 0; start < STARTS; start++) commandLine.push(await timeCommandLine())

    const rows = [
      ['', 'p50 ms', 'p95 ms'],
      [`one question in process, of the first ${early.length}`, ...spread(early)],
      [`one question in process, of the next ${single.length}`, ...spread(single)],
      ['opening an existing index, with the first answer', ...spread(opened)],
      ['the command `ask`, from start to exit', ...spread(commandLine)],
    ]
    const texts = await corpusTexts(assistant)
    const figures = [
      await measureEngine(ownEngine('Vindplaats', assistant), cases),
      await measureEngine(await openMiniSearch(texts, false), cases),
    ]
    const environment = await describeEnvironment()
    console.log(`${alignedTable(rows)}\n\nThe ${cases.length} development cases:\n\n${figuresTable(figures)}`)
    console.log(`\n${environmentText(environment)}`)
    await keepMeasurement('answering', environment, { early, single, opened, commandLine, figures })
    return 0
  } finally {
    await assistant.close()
  }
}

/** Milliseconds of each case of a single question, one after the other. */
async function timeQuestions(assistant: Assistant, cases: readonly ResolvedCase[]): Promise<number[]> {
  const durations: number[] = []
  for (const { case: evalCase } of cases)
    if (evalCase.question !== undefined) durations.push((await askCase(evalCase, assistant)).durationMs)
  return durations
}

async function timeCommandLine(): Promise<number> {
  const command = fileURLToPath(new URL('../../server/commands/run.mjs', import.meta.url))
  const started = performance.now()
  await promisify(execFile)(process.execPath, [command, 'ask', '--json', QUESTION])
  return performance.now() - started
}

function spread(milliseconds: readonly number[]): [string, string] {
  return [0.5, 0.95].map(rank => (percentile(milliseconds, rank) ?? 0).toFixed(1)) as [string, string]
}
