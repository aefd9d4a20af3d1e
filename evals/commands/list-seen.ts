/** `npm run evals -- seen`: lists the cases that enrichment all but repeats; with `--write` tags them in their files. */
import { readConfigurationWith } from '../../server/configuration.js'
import { caseFiles, readCases } from '../case.js'
import { findSeen, readEnrichmentQuestions, SEEN_OVERLAP, tagSeen } from '../seen.js'
import { readArguments } from './arguments.js'
import { CASES_FOLDER } from './folders.js'

/** Runs the command; the exit code is 0. */
export async function listSeen(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, { write: { type: 'boolean', default: false } })
  const cases = await readCases(await caseFiles(CASES_FOLDER))
  const questions = await readEnrichmentQuestions(readConfigurationWith({}).sources)
  const seen = findSeen(cases, questions)
  for (const { id, overlap, question, enrichmentQuestion } of seen)
    console.log(`${overlap.toFixed(2)}  ${id}  ${question}\n      enrichment: ${enrichmentQuestion}`)
  console.log(
    `${seen.length} of ${cases.length} cases overlap an enrichment question by ${SEEN_OVERLAP} or more.`,
  )
  if (values.write) {
    const tagged = await tagSeen(cases, seen)
    console.log(tagged.length === 0 ? 'All of them are tagged.' : `Tagged: ${tagged.join(' ')}`)
  }
  return 0
}
