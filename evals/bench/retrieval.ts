/**
 * `npm run bench -- retrieval`: quality and latency of the search at 1, 10 and 100 times the paragraphs of the sources,
 * beside MiniSearch and Orama in the same run, and the vector index against exact search.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../../ingest/embeddings.js'
import { openAssistant } from '../../server/assistant.js'
import { bringIndexUpToDate } from '../../server/commands/index-up-to-date.js'
import { type Configuration, readConfigurationWith } from '../../server/configuration.js'
import { readArguments } from '../commands/arguments.js'
import { openConfigured } from '../configured.js'
import { EvalFault } from '../faults.js'
import { alignedTable } from '../table.js'
import {
  answerableCases,
  corpusTexts,
  type EngineFigures,
  figuresTable,
  measureEngine,
  searchText,
} from './corpus-texts.js'
import { describeEnvironment, environmentText, keepMeasurement } from './environment.js'
import { copyTexts, makeTexts } from './more-texts.js'
import { measureVectors, type VectorFigures } from './nearest-vectors.js'
import { ownEngine } from './peers.js'
import { openMiniSearch, openOrama, type SearchEngine } from './search-engines.js'

const FLAGS = {
  /** Folder of further documents (.txt, .md); made texts when absent. */
  texts: { type: 'string' },
  /** Multiples of the sources' paragraphs, separated by commas. */
  sizes: { type: 'string', default: '1,10,100' },
  /** One more size, as a number of paragraphs. */
  paragraphs: { type: 'string' },
  /** Case files; all of `evals/cases` when absent. */
  cases: { type: 'string', multiple: true },
  /** Leaves the peers out, for sizes at which they take minutes. */
  alone: { type: 'boolean', default: false },
} as const

/** One size as measured. */
interface SizeFigures {
  readonly times: number
  readonly paragraphs: number
  readonly figures: readonly EngineFigures[]
  readonly vectors: VectorFigures
}

/** Runs the measurement; the exit code is 0. */
export async function bench(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, FLAGS)
  const environment = await describeEnvironment()
  console.log(environmentText(environment))
  const { assistant } = await openConfigured({})
  const sourceTexts = (await corpusTexts(assistant)).map(({ text }) => text)
  await assistant.close()
  const counts = values.sizes.split(',').map(size => readNumber(size) * sourceTexts.length)
  if (values.paragraphs !== undefined) counts.push(readNumber(values.paragraphs))

  const sizes: SizeFigures[] = []
  for (const count of counts) {
    const folder = await mkdtemp(join(tmpdir(), 'vindplaats-bench-retrieval-'))
    try {
      const more = join(folder, 'texts')
      const missing = Math.max(0, count - sourceTexts.length)
      if (values.texts === undefined) await makeTexts(sourceTexts, more, missing)
      else await copyTexts(values.texts, more, missing)
      const standard = readConfigurationWith({})
      const configuration = {
        ...standard,
        sources: missing === 0 ? standard.sources : [...standard.sources, more],
        dataDirectory: join(folder, 'data'),
      }
      const size = await measureSize(configuration, sourceTexts.length, values.alone, values.cases)
      sizes.push(size)
      print(size)
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  await keepMeasurement('retrieval', environment, {
    texts: values.texts === undefined ? 'made' : 'given',
    sizes,
  })
  return 0
}

async function measureSize(
  configuration: Configuration,
  sourceCount: number,
  alone: boolean,
  caseFiles: readonly string[] | undefined,
): Promise<SizeFigures> {
  await bringIndexUpToDate(configuration)
  const assistant = await openAssistant(configuration)
  try {
    const texts = await corpusTexts(assistant)
    const cases = await answerableCases(assistant, caseFiles)
    const figures: EngineFigures[] = []
    const measure = async (engine: SearchEngine) => {
      figures.push(await measureEngine(engine, cases))
      await engine.close()
    }
    await measure(ownEngine('**Vindplaats**', assistant))
    if (!alone) {
      await measure(await openMiniSearch(texts, false))
      await measure(await openOrama(texts))
    }
    const vectors = await measureVectors(
      await openEmbedder(configuration),
      texts.map(text => `${text.title} ${text.headings} ${text.text}`),
      cases.map(item => searchText(item.case)),
    )
    return { times: Math.round(texts.length / sourceCount), paragraphs: texts.length, figures, vectors }
  } finally {
    await assistant.close()
  }
}

function print({ times, paragraphs, figures, vectors }: SizeFigures): void {
  const rows = [
    ['vector index', 'recall@10 against exact', 'p50 ms', 'p95 ms', 'exact p50 ms', 'built in s'],
    [
      `${vectors.vectors} vectors`,
      vectors.recall10.toFixed(4),
      vectors.p50.toFixed(2),
      vectors.p95.toFixed(2),
      vectors.exactP50.toFixed(2),
      vectors.buildSeconds.toFixed(1),
    ],
  ]
  console.log(`\n${paragraphs} paragraphs (${times}×)\n\n${figuresTable(figures)}\n\n${alignedTable(rows)}`)
}

function readNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new EvalFault('arguments-invalid', `"${text}" is not a whole number above 0.`)
  return value
}
