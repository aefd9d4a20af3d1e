/**
 * Data sets in BEIR format (Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information
 * Retrieval Models", NeurIPS 2021): `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`, measured with the very search
 * that answers visitors.
 */
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { bareDocument, bareParagraph, type Paragraph } from '../ingest/corpus.js'
import type { IndexableDocument } from '../ingest/corpus-store.js'
import { openEmbedder } from '../ingest/embeddings.js'
import { writeIndex } from '../ingest/index-writer.js'
import { indexFolder, openAssistant } from '../server/assistant.js'
import type { Configuration } from '../server/configuration.js'
import { MAXIMUM_QUESTION_LENGTH } from '../server/protocol.js'
import { EvalFault } from './faults.js'
import { collapse } from './gold.js'
import { hitAt, ndcgAt, recallAt, reciprocalRank } from './metrics/ranking.js'
import { estimate } from './statistics.js'

/** The measures, as `--json` names them; fractions 0..1, higher is better. */
export const BEIR_MEASURES = ['ndcg@10', 'recall@10', 'recall@100', 'mrr@10', 'success@1'] as const
export type BeirMeasure = (typeof BEIR_MEASURES)[number]

/** The figures of a data set. */
export type BeirFigures = Readonly<Record<BeirMeasure, number | null>> & {
  /** 95 % bootstrap intervals over the questions; `null` with fewer than two questions. */
  readonly intervals: Readonly<Record<BeirMeasure, readonly [low: number, high: number] | null>>
  /** Questions per second on one thread, building the index left out. */
  readonly queriesPerSecond: number
  readonly queries: number
  readonly passages: number
  /** Seconds in which the index was built and opened. */
  readonly buildSeconds: number
}

/** A data set as read. */
export interface BeirDataset {
  readonly passages: readonly BeirPassage[]
  /** Text by id of the question. */
  readonly queries: ReadonlyMap<string, string>
  /** Gain by id of the passage, by id of the question. */
  readonly judgements: ReadonlyMap<string, ReadonlyMap<string, number>>
}

const passageSchema = z.object({
  _id: z.union([z.string(), z.number()]).transform(String),
  title: z.string().nullish(),
  text: z.string(),
  /** Passages with the same section are siblings: parts of one article. */
  metadata: z.object({ section: z.union([z.string(), z.number()]).nullish() }).nullish(),
})
export type BeirPassage = z.infer<typeof passageSchema>

const querySchema = z.object({ _id: z.union([z.string(), z.number()]).transform(String), text: z.string() })

/** Ranks that are looked at: recall@100 needs this many. */
const DEPTH = 100

/**
 * Reads a data set.
 *
 * @throws {EvalFault} `dataset-invalid` naming file and line
 */
export async function readBeir(folder: string): Promise<BeirDataset> {
  const passages: BeirPassage[] = []
  const ids = new Set<string>()
  for await (const { value, place } of jsonLines(join(folder, 'corpus.jsonl'), passageSchema)) {
    if (ids.has(value._id))
      throw new EvalFault('dataset-invalid', `${place}: the passage "${value._id}" stands twice.`)
    ids.add(value._id)
    passages.push(value)
  }
  const queries = new Map<string, string>()
  for await (const { value } of jsonLines(join(folder, 'queries.jsonl'), querySchema))
    queries.set(value._id, value.text)
  const judgements = new Map<string, Map<string, number>>()
  for await (const { line, place } of lines(join(folder, 'qrels', 'test.tsv'))) {
    const [query = '', passage = '', score = '', ...rest] = line.split('\t').map(cell => cell.trim())
    // The first line is the header, however its columns are called.
    if (judgements.size === 0 && score !== '' && Number.isNaN(Number(score))) continue
    if (passage === '' || !/^-?\d+(\.\d+)?$/.test(score) || rest.length > 0)
      throw new EvalFault(
        'dataset-invalid',
        `${place}: expected three columns: question, passage and a number.`,
      )
    const gains = judgements.get(query) ?? new Map<string, number>()
    gains.set(passage, Number(score))
    judgements.set(query, gains)
  }
  if (passages.length === 0 || judgements.size === 0)
    throw new EvalFault('dataset-invalid', `${folder} holds no passages or no judgements.`)
  for (const query of judgements.keys())
    if (!queries.has(query))
      throw new EvalFault('dataset-invalid', `${folder}: "${query}" is judged and not in queries.jsonl.`)
  return { passages, queries, judgements }
}

/** Builds an index of the passages in a temporary folder, asks every judged question, and removes the folder. */
export async function runBeir(
  dataset: BeirDataset,
  configuration: Configuration,
  onProgress?: (stage: 'index' | 'questions', done: number, total: number) => void,
): Promise<BeirFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'vindplaats-beir-'))
  const temporary = { ...configuration, dataDirectory: folder }
  try {
    const buildStarted = performance.now()
    const documents = passageDocuments(dataset.passages)
    await writeIndex(indexFolder(temporary), documents, await openEmbedder(temporary), {
      onProgress: ({ phase, done }) => {
        if (phase === 'paragraphs') onProgress?.('index', done, dataset.passages.length)
      },
    })
    const assistant = await openAssistant(temporary)
    const buildSeconds = (performance.now() - buildStarted) / 1000
    try {
      const search = async (text: string) => {
        const found = await assistant.search(text.slice(0, MAXIMUM_QUESTION_LENGTH), DEPTH)
        return found.map(({ paragraphId }) => passageId(paragraphId))
      }
      const measured = await askAll(dataset, search, (done, total) => onProgress?.('questions', done, total))
      return { ...measured, passages: dataset.passages.length, buildSeconds }
    } finally {
      await assistant.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/**
 * Asks every judged question of any search.
 *
 * @param search gives the ids of the best 100 passages, best first
 */
export async function askAll(
  { queries, judgements }: BeirDataset,
  search: (text: string) => Promise<readonly string[]>,
  onProgress?: (done: number, total: number) => void,
): Promise<Omit<BeirFigures, 'passages' | 'buildSeconds'>> {
  const values: Record<BeirMeasure, (number | null)[]> = {
    'ndcg@10': [],
    'recall@10': [],
    'recall@100': [],
    'mrr@10': [],
    'success@1': [],
  }
  let seconds = 0
  let asked = 0
  for (const [query, gains] of judgements) {
    const judged = [...gains.values()]
    const relevantCount = judged.filter(gain => gain > 0).length
    // As in trec_eval, a question without a relevant passage measures nothing.
    if (relevantCount === 0) continue
    const started = performance.now()
    const ranking = await search(queries.get(query) ?? '')
    seconds += (performance.now() - started) / 1000
    asked++
    const found = ranking.map(id => gains.get(id) ?? 0)
    const relevant = found.map(gain => gain > 0)
    values['ndcg@10'].push(ndcgAt(found, judged, 10))
    values['recall@10'].push(recallAt(relevant, relevantCount, 10))
    values['recall@100'].push(recallAt(relevant, relevantCount, 100))
    values['mrr@10'].push(reciprocalRank(relevant, 10))
    values['success@1'].push(hitAt(relevant, 1))
    onProgress?.(asked, judgements.size)
  }
  const estimates = BEIR_MEASURES.map(measure => [measure, estimate(values[measure])] as const)
  const means = Object.fromEntries(estimates.map(([measure, { mean }]) => [measure, mean]))
  const intervals = Object.fromEntries(
    estimates.map(([measure, { low, high }]) => [
      measure,
      low === null || high === null ? null : [low, high],
    ]),
  )
  return {
    ...(means as Record<BeirMeasure, number | null>),
    intervals: intervals as unknown as BeirFigures['intervals'],
    queriesPerSecond: seconds === 0 ? 0 : asked / seconds,
    queries: asked,
  }
}

/**
 * Passages as documents of ready-made paragraphs: each section is a document, so that its passages are siblings, and a
 * passage without section is a document by itself. The title is the heading.
 */
export function passageDocuments(passages: readonly BeirPassage[]): readonly IndexableDocument[] {
  const sections = new Map<string, BeirPassage[]>()
  for (const passage of passages) {
    const section = passage.metadata?.section
    const key = section === null || section === undefined ? `passage ${passage._id}` : `section ${section}`
    const members = sections.get(key) ?? []
    members.push(passage)
    sections.set(key, members)
  }
  return [...sections.values()].map((members, index) => documentOf(members, `d${index}`))
}

function documentOf(members: readonly BeirPassage[], documentId: string): IndexableDocument {
  const paragraphs: Paragraph[] = []
  let source = ''
  for (const { _id, title, text } of members) {
    if (source !== '') source += '\n\n'
    const start = source.length
    const collapsed = collapse(text)
    source += collapsed
    paragraphs.push({
      ...bareParagraph(documentId, _id, collapsed, start),
      headingPath: title ? [title] : [],
    })
  }
  return {
    document: bareDocument(documentId),
    content: { source, paragraphs, furniture: [], pages: null, repairedWords: 0, warnings: [] },
    enrichment: [],
  }
}

function passageId(paragraphId: string): string {
  return paragraphId.slice(paragraphId.indexOf('#') + 1)
}

async function* jsonLines<Value>(
  file: string,
  schema: z.ZodType<Value>,
): AsyncGenerator<{ value: Value; place: string }, void, undefined> {
  for await (const { line, place } of lines(file)) {
    let parsed: unknown
    try {
      parsed = JSON.parse(line)
    } catch (cause) {
      throw new EvalFault('dataset-invalid', `${place}: is not valid JSON.`, { cause })
    }
    const result = schema.safeParse(parsed)
    if (!result.success) throw new EvalFault('dataset-invalid', `${place}: ${z.prettifyError(result.error)}`)
    yield { value: result.data, place }
  }
}

async function* lines(file: string): AsyncGenerator<{ line: string; place: string }, void, undefined> {
  const stream = createReadStream(file, 'utf8')
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve())
    stream.once('error', cause =>
      reject(new EvalFault('dataset-invalid', `${file} cannot be read.`, { cause })),
    )
  })
  let number = 0
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (line.trim() !== '') yield { line, place: `${file}:${number}` }
  }
}
