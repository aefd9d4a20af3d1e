/** Where the evaluation keeps its files, relative to the root of the project. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const evals = fileURLToPath(new URL('..', import.meta.url))

/** Case files, one case a line. */
export const CASES_FOLDER = join(evals, 'cases')
/** Files of runs and benchmarks; not committed. */
export const RUNS_FOLDER = join(evals, 'runs')
/** Bounds that the headline figures must keep. */
export const THRESHOLDS_FILE = join(evals, 'thresholds.json')
/** The run that later ones are compared with. */
export const BASELINE_FILE = join(evals, 'baseline.json')
/** The report, one self-contained page. */
export const REPORT_FILE = join(evals, 'report', 'index.html')
