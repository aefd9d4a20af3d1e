/** `npm run evals -- report [run]`: makes the page of a run anew; of the newest one when none is named. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EvalFault } from '../faults.js'
import { readBaseline, readThresholds } from '../gate.js'
import { writeReport } from '../report.js'
import { readArguments } from './arguments.js'
import { BASELINE_FILE, REPORT_FILE, RUNS_FOLDER, THRESHOLDS_FILE } from './folders.js'

/** Runs the command; the exit code is 0. */
export async function report(arguments_: readonly string[]): Promise<number> {
  const { positionals } = readArguments(arguments_, {})
  console.log(`report: ${await makeReport(positionals[0] ?? (await newestRun()))}`)
  return 0
}

/** Writes the report of a run and gives its place. */
export async function makeReport(journal: string): Promise<string> {
  await writeReport({
    journal,
    target: REPORT_FILE,
    runsFolder: RUNS_FOLDER,
    thresholds: await readThresholds(THRESHOLDS_FILE),
    baseline: await readBaseline(BASELINE_FILE),
  })
  return REPORT_FILE
}

/**
 * The file of the newest run.
 *
 * @throws {EvalFault} `run-invalid` when there is none
 */
export async function newestRun(): Promise<string> {
  const names = await readdir(RUNS_FOLDER).catch(() => [])
  const newest = names
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .at(-1)
  if (newest === undefined) throw new EvalFault('run-invalid', `There is no run in ${RUNS_FOLDER}.`)
  return join(RUNS_FOLDER, newest)
}
