/** `npm run bench -- peers`: our search and its peers on the same paragraphs and cases, as one table in Markdown. */
import type { Assistant } from '../../server/assistant.js'
import { readArguments } from '../commands/arguments.js'
import { openConfigured } from '../configured.js'
import { replaceTable } from '../replace-table.js'
import { findSeen, readEnrichmentQuestions } from '../seen.js'
import {
  answerableCases,
  corpusTexts,
  type EngineFigures,
  figuresTable,
  measureEngine,
} from './corpus-texts.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'
import { openMiniSearch, openOrama, openPostgres, type SearchEngine } from './search-engines.js'

const FLAGS = {
  /** Case files; all of `evals/cases` when absent. */
  cases: { type: 'string', multiple: true },
  /** Markdown file whose table between `<!-- peers -->` and `<!-- /peers -->` is replaced. */
  write: { type: 'string', multiple: true },
} as const

/** Our own search as one engine among the others. */
export function ownEngine(name: string, assistant: Assistant): SearchEngine {
  return {
    name,
    search: async (question, limit) =>
      (await assistant.search(question, limit)).map(found => found.paragraphId),
    close: async () => {},
  }
}

/** Runs the measurement; the exit code is 0. */
export async function bench(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, FLAGS)
  const standard = await openConfigured({})
  const bare = await openConfigured({ enrichment: 'off' })
  try {
    const texts = await corpusTexts(standard.assistant)
    const all = await answerableCases(standard.assistant, values.cases)
    const questions = await readEnrichmentQuestions(standard.configuration.sources)
    const seen = new Set(
      findSeen(
        all.map(item => item.case),
        questions,
      ).map(item => item.id),
    )
    const cases = all.filter(item => !seen.has(item.case.id))
    const figures: EngineFigures[] = []
    const measure = async (engine: SearchEngine) => {
      figures.push(await measureEngine(engine, cases))
      await engine.close()
    }
    await measure(ownEngine('**Vindplaats**', standard.assistant))
    await measure(ownEngine('Vindplaats without enrichment', bare.assistant))
    await measure(await openMiniSearch(texts, false))
    await measure(await openMiniSearch(texts, true))
    await measure(await openPostgres(texts))
    await measure(await openOrama(texts))

    const environment = await describeEnvironment()
    const table = [
      figuresTable(figures),
      '',
      `${cases.length} answerable questions (95 % intervals in brackets), ${texts.length} paragraphs, the same for each.`,
      'A follow-up is asked with its earlier turns in one text, by search alone.',
    ].join('\n')
    console.log(`${table}\n\n${environmentText(environment)}`)
    for (const file of values.write ?? []) await replaceTable(file, 'peers', table)
    await keepMeasurement('peers', environment, { cases: cases.length, paragraphs: texts.length, figures })
    return 0
  } finally {
    await standard.assistant.close()
    await bare.assistant.close()
  }
}
