/** `npm run evals`: the command line of the evaluation suite. `docs/evals.md` describes it. */
import { runAblation } from './commands/ablation.js'
import { addCase } from './commands/add-case.js'
import { judge } from './commands/chat-judge.js'
import { draft } from './commands/draft-cases.js'
import { evaluate } from './commands/evaluate.js'
import { listSeen } from './commands/list-seen.js'
import { report } from './commands/make-report.js'
import { runBeirCommand } from './commands/run-beir.js'
import { runVerifier } from './commands/run-verifier.js'
import { EvalFault, exitWith } from './faults.js'
import { runParagraphs } from './paragraphs.js'

/** Each command with what it does; without a name the cases are run. */
const COMMANDS: Readonly<Record<string, (arguments_: readonly string[]) => Promise<number>>> = {
  run: evaluate,
  seen: listSeen,
  add: addCase,
  paragraphs: runParagraphs,
  verifier: runVerifier,
  beir: runBeirCommand,
  ablation: runAblation,
  report,
  judge,
  draft,
}

async function main(): Promise<number> {
  const [first = '', ...rest] = process.argv.slice(2)
  const command = COMMANDS[first]
  if (command !== undefined) return command(rest)
  if (first !== '' && !first.startsWith('-'))
    throw new EvalFault(
      'arguments-invalid',
      `There is no command "${first}"; known are ${Object.keys(COMMANDS).join(', ')}. See docs/evals.md.`,
    )
  return evaluate(process.argv.slice(2))
}

exitWith(main())
