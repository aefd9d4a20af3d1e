/** The collections that ranking and refusal are trained on, each held in memory with its questions and right paragraphs. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describeDocument, enrichmentPath, listSources, readSource } from '../ingest/catalogue.js'
import { CorpusStore, type IndexableDocument } from '../ingest/corpus-store.js'
import { openEmbeddedEmbedder } from '../ingest/embedded-embedder.js'
import type { Embedder } from '../ingest/embedder.js'
import { parseEnrichment, placeEnrichment } from '../ingest/enrichment.js'
import { differentQuestions } from '../ingest/index-part.js'
import { readDocument } from '../ingest/read-document.js'
import { buildSearchFiles, listPassages, type NearestVectors, ParagraphSearch } from '../ingest/search.js'
import type { EarlierTurn } from '../server/question.js'
import { RANKING_WEIGHTS, type RankingWeights, retrieve, type SearchableIndex } from '../server/retrieval.js'
import { type BeirDataset, passageDocuments } from './beir.js'
import { type LocatedCase, readCases } from './case.js'
import { resolveCases } from './gold.js'

/** All but `held-out.jsonl`, on which nothing is fitted. */
const CASE_FILES = [
  'dev.jsonl',
  'answerable.jsonl',
  'answerable-2.jsonl',
  'answerable-3.jsonl',
  'answerable-4.jsonl',
  'unanswerable.jsonl',
  'attacks.jsonl',
]

/** The evaluation cases without those that bring a poisoned document. */
export async function readTrainingCases(): Promise<LocatedCase[]> {
  const cases = await readCases(CASE_FILES.map(file => join(import.meta.dirname, 'cases', file)))
  return cases.filter(({ hiddenDocument }) => !hiddenDocument)
}

/** A question with what is right. */
export interface TrainingQuestion {
  readonly id: string
  /** Earlier turns first; the last is the question. */
  readonly turns: readonly string[]
  /** Ids of the right paragraphs; empty when there is no answer. */
  readonly right: ReadonlySet<string>
  /** Documents of the right paragraphs: what cross-validation leaves out together. */
  readonly group: string
  /** Case group, for tables. */
  readonly kind: string
}

/** A corpus with its questions. */
export interface Collection {
  readonly name: string
  readonly corpus: CorpusStore
  readonly search: ParagraphSearch
  readonly questions: readonly TrainingQuestion[]
}

/** The index of a collection as retrieval needs it. */
export function searchableIndex({ corpus, search }: Collection): SearchableIndex {
  return {
    documents: async () => corpus.documents,
    search: query => search.search(query),
    hasEnrichment: search.hasEnrichment,
  }
}

/** Earlier turns of a conversation as if each had been answered by the paragraph that is found first. */
export async function answerEarlier(
  index: SearchableIndex,
  embedder: Embedder,
  questions: readonly string[],
  weights: RankingWeights = RANKING_WEIGHTS,
): Promise<EarlierTurn[]> {
  const history: EarlierTurn[] = []
  for (const question of questions) {
    const [best] = (await retrieve(index, embedder, question, history, 1, weights)).candidates
    history.push({
      question,
      documentId: best?.document.id ?? null,
      paragraphId: best?.paragraph.id ?? null,
    })
  }
  return history
}

/** Reads the documents of a source folder as they are ingested. */
export async function readSources(folder: string, enriched: boolean): Promise<IndexableDocument[]> {
  const documents: IndexableDocument[] = []
  for (const source of (await listSources([resolve(folder)])).files) {
    const { bytes, contentHash } = await readSource(source)
    const { content, found } = await readDocument(bytes, {
      documentId: source.documentId,
      fileName: source.file,
    })
    const path = enrichmentPath(source)
    const lines = enriched ? parseEnrichment(await readFile(path, 'utf8'), path) : []
    documents.push({
      document: describeDocument(source, contentHash, found),
      content,
      enrichment: placeEnrichment(content, lines).paragraphs,
    })
  }
  return documents
}

/** All vectors of some documents, compared one by one: what the graph of the index approximates. */
export async function exactVectors(documents: readonly IndexableDocument[]): Promise<NearestVectors> {
  const embedder = openEmbeddedEmbedder()
  const passages = documents.map(listPassages)
  const entries: { kind: 'paragraph' | 'question'; position: number; vector: Float32Array }[] = []
  const paragraphs = await embedder.embedPassages(passages.flatMap(each => each.paragraphs))
  for (const [position, vector] of paragraphs.entries()) entries.push({ kind: 'paragraph', position, vector })
  const questions = differentQuestions(
    await embedder.embedPassages(passages.flatMap(each => each.questions)),
    passages.flatMap(({ questionCounts }) => questionCounts),
  )
  for (const { number, vector } of questions) entries.push({ kind: 'question', position: number, vector })
  const similarity = (left: Float32Array, right: Float32Array) => {
    let sum = 0
    for (let at = 0; at < left.length; at++) sum += (left[at] as number) * (right[at] as number)
    return sum
  }
  return {
    nearest: async (query, count) =>
      entries
        .map(({ kind, position, vector }) => ({ kind, position, similarity: similarity(vector, query) }))
        .sort((left, right) => right.similarity - left.similarity)
        .slice(0, count),
  }
}

/** A collection of documents and evaluation cases. */
export async function collectCases(
  name: string,
  documents: readonly IndexableDocument[],
  cases: readonly LocatedCase[],
): Promise<Collection> {
  const corpus = CorpusStore.inMemory(documents)
  const resolved = await resolveCases(cases, {
    documents: async () => corpus.documents,
    document: async id => {
      const document = corpus.documents.find(item => item.id === id)
      const content = corpus.content(id)
      return document && content ? { document, content } : null
    },
  })
  return {
    name,
    corpus,
    search: new ParagraphSearch(corpus, buildSearchFiles(documents), await exactVectors(documents)),
    questions: resolved.cases.map(({ case: item, gold, alternatives }) => {
      const places = [...gold, ...alternatives].flatMap(target => target.places)
      return {
        id: item.id,
        turns: item.turns ?? [item.question ?? ''],
        right: new Set(places.map(place => place.paragraphId)),
        group: places[0]?.document ?? '',
        kind: item.group,
      }
    }),
  }
}

/** A collection from a data set in BEIR format. */
export async function collectBeir(name: string, dataset: BeirDataset): Promise<Collection> {
  const documents = passageDocuments(dataset.passages)
  const corpus = CorpusStore.inMemory(documents)
  const idOf = new Map<string, string>()
  for (const { content } of documents) for (const { id, anchor } of content.paragraphs) idOf.set(anchor, id)
  return {
    name,
    corpus,
    search: new ParagraphSearch(corpus, buildSearchFiles(documents), await exactVectors(documents)),
    questions: [...dataset.judgements].map(([query, gains]) => {
      const right = [...gains].filter(([, gain]) => gain > 0).map(([passage]) => idOf.get(passage) ?? passage)
      return {
        id: query,
        turns: [dataset.queries.get(query) ?? ''],
        right: new Set(right),
        group: right[0]?.split('#')[0] ?? '',
        kind: name,
      }
    }),
  }
}
