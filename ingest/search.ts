/** Searching paragraphs by several channels at once: what is stored for it, and the search itself. */
import { type AnalyzedText, analyze } from './analysis.js'
import type { Paragraph, ParagraphEnrichment, PolicyDocument, Statement } from './corpus.js'
import type { CorpusStore, IndexableDocument } from './corpus-store.js'
import { type Bm25Parameters, LexicalIndex, LexicalIndexBuilder } from './lexical-index.js'
import type { VectorStore } from './vector-store.js'

/** Lexical channels: what is searched (text, text with enrichment, single questions) by which terms. */
const LEXICAL_CHANNELS = [
  'text-words',
  'text-grams',
  'text-bigrams',
  'text-concepts',
  'enriched-words',
  'enriched-grams',
  'enriched-bigrams',
  'enriched-concepts',
  'question-words',
  'question-grams',
  'question-bigrams',
  'question-concepts',
] as const
type LexicalChannel = (typeof LEXICAL_CHANNELS)[number]

/** Every channel of a search. */
export type Channel = LexicalChannel | 'vectors'

/** How much each channel counts; an absent one is not searched. */
export type ChannelWeights = Readonly<Partial<Record<Channel, number>>>

/** One search. */
export interface IndexQuery {
  readonly analysis: AnalyzedText
  readonly vector: Float32Array
  readonly weights: ChannelWeights
  /** Number of candidates wanted. */
  readonly limit: number
}

/** One paragraph found, with what found it. */
export interface Candidate {
  readonly paragraph: Paragraph
  readonly document: PolicyDocument
  /** Weighted sum of the normalised channel scores; orders, and says nothing about relevance. */
  readonly score: number
  /** Scores per channel as fractions of the channel's best, 0..1. */
  readonly channels: Readonly<Partial<Record<Channel, number>>>
  /** The statement whose question matched best; `null` without enrichment or match. */
  readonly statement: {
    readonly statement: Statement
    readonly question: string
    readonly score: number
  } | null
}

const BM25_PARAGRAPH: Bm25Parameters = { k1: 1.0, b: 0.45 }
const BM25_QUESTION: Bm25Parameters = { k1: 0.9, b: 0.3 }

interface Entries {
  readonly paragraphs: readonly { readonly paragraph: Paragraph; readonly owner: IndexableDocument }[]
  /** The enrichment's questions, in the order of paragraphs, statements and questions. */
  readonly questions: readonly string[]
  readonly enrichment: ReadonlyMap<string, ParagraphEnrichment>
}

function listEntries(documents: readonly IndexableDocument[]): Entries {
  const paragraphs: Entries['paragraphs'][number][] = []
  const questions: string[] = []
  const enrichment = new Map<string, ParagraphEnrichment>()
  for (const owner of documents) {
    for (const item of owner.enrichment) enrichment.set(item.paragraphId, item)
    for (const paragraph of owner.content.paragraphs) {
      paragraphs.push({ paragraph, owner })
      for (const statement of enrichment.get(paragraph.id)?.statements ?? [])
        questions.push(...statement.questions)
    }
  }
  return { paragraphs, questions, enrichment }
}

function contextText(paragraph: Paragraph, owner: IndexableDocument): string {
  return [owner.document.title, ...paragraph.headingPath, paragraph.label ?? '', paragraph.searchText].join(
    ' \n ',
  )
}

function enrichedText(text: string, enrichment: ParagraphEnrichment | undefined): string {
  if (!enrichment) return text
  const questions = enrichment.statements.flatMap(statement => statement.questions)
  return [text, enrichment.summary, ...enrichment.keywords, ...questions].join(' \n ')
}

function addTerms(
  builders: Record<LexicalChannel, LexicalIndexBuilder>,
  field: 'text' | 'enriched' | 'question',
  analysis: AnalyzedText,
): void {
  builders[`${field}-words`].add(analysis.words)
  builders[`${field}-grams`].add(analysis.grams)
  builders[`${field}-bigrams`].add(analysis.bigrams)
  builders[`${field}-concepts`].add(analysis.concepts)
}

/** The texts of one document to embed, in the order in which their vectors are stored. */
export function listPassages(document: IndexableDocument): {
  readonly paragraphs: readonly string[]
  readonly questions: readonly string[]
} {
  const { paragraphs, questions } = listEntries([document])
  return { paragraphs: paragraphs.map(({ paragraph, owner }) => contextText(paragraph, owner)), questions }
}

/** Everything that a search needs beside documents and vectors, by the name of the file that is to hold it. */
export function buildSearchFiles(documents: readonly IndexableDocument[]): ReadonlyMap<string, Buffer> {
  const entries = listEntries(documents)
  const builders = Object.fromEntries(
    LEXICAL_CHANNELS.map(channel => [channel, new LexicalIndexBuilder()]),
  ) as Record<LexicalChannel, LexicalIndexBuilder>
  for (const { paragraph, owner } of entries.paragraphs) {
    const text = contextText(paragraph, owner)
    addTerms(builders, 'text', analyze(text))
    addTerms(builders, 'enriched', analyze(enrichedText(text, entries.enrichment.get(paragraph.id))))
  }
  for (const question of entries.questions) addTerms(builders, 'question', analyze(question))
  return new Map(
    LEXICAL_CHANNELS.map(channel => [`${channel}.bin`, builders[channel].finish().toBuffer()] as const),
  )
}

/** Names of the files that `buildSearchFiles` makes. */
export const SEARCH_FILES: readonly string[] = LEXICAL_CHANNELS.map(channel => `${channel}.bin`)

/**
 * The search file of a whole corpus from those of its documents: the same as one built from all documents together.
 *
 * @param parts gives the files of that name in the order of the documents; called more than once, so that they need not
 *   be in memory together
 */
export function mergeSearchFile(_name: string, parts: () => Iterable<Buffer>): Buffer {
  return LexicalIndex.merge(function* () {
    for (const part of parts()) yield LexicalIndex.fromBuffer(part)
  }).toBuffer()
}

/** Searches the paragraphs of one index. */
export class ParagraphSearch {
  readonly #corpus: CorpusStore
  readonly #lexical: Record<LexicalChannel, LexicalIndex>
  readonly #vectors: VectorStore | null

  /**
   * @param corpus the same documents, in the same order, that the files were built from
   * @param files what `buildSearchFiles` or `mergeSearchFile` gave; must have been checked, nothing is validated here
   * @param vectors one per text of `listPassages`; `null` when there is none
   */
  constructor(corpus: CorpusStore, files: ReadonlyMap<string, Buffer>, vectors: VectorStore | null) {
    this.#corpus = corpus
    this.#lexical = Object.fromEntries(
      LEXICAL_CHANNELS.map(channel => [
        channel,
        LexicalIndex.fromBuffer(files.get(`${channel}.bin`) as Buffer),
      ]),
    ) as Record<LexicalChannel, LexicalIndex>
    this.#vectors = vectors
  }

  /** Rarity of an analysed word among the paragraphs, ≥ 0; highest for a word that occurs nowhere. */
  inverseDocumentFrequency(word: string): number {
    return this.#lexical['text-words'].inverseDocumentFrequency(word)
  }

  /** The best candidates, best first. */
  async search({ analysis, vector, weights, limit }: IndexQuery): Promise<readonly Candidate[]> {
    const count = this.#corpus.paragraphCount
    const questionCount = this.#corpus.questionCount
    const ownerOf = (question: number) => this.#corpus.positions.paragraphOfQuestion(question)
    const fused = new Float32Array(count)
    const perChannel = new Map<Channel, Float32Array>()
    const questionScores = new Float32Array(questionCount)
    const addChannel = (channel: Channel, scores: Float32Array, weight: number) => {
      let best = 0
      for (const score of scores) if (score > best) best = score
      if (best === 0) return
      for (let at = 0; at < count; at++) {
        scores[at] = (scores[at] as number) / best
        fused[at] = (fused[at] as number) + weight * (scores[at] as number)
      }
      perChannel.set(channel, scores)
    }
    for (const channel of LEXICAL_CHANNELS) {
      const weight = weights[channel]
      if (!weight) continue
      const [field, kind] = channel.split('-') as [string, keyof AnalyzedText]
      const parameters = field === 'question' ? BM25_QUESTION : BM25_PARAGRAPH
      const scores = this.#lexical[channel].score(analysis[kind], parameters)
      if (field !== 'question') {
        addChannel(channel, scores, weight)
        continue
      }
      let best = 0
      for (const score of scores) if (score > best) best = score
      if (best === 0) continue
      const byParagraph = new Float32Array(count)
      for (let at = 0; at < questionCount; at++) {
        const score = scores[at] as number
        if (score === 0) continue
        const paragraph = ownerOf(at)
        if (score > (byParagraph[paragraph] as number)) byParagraph[paragraph] = score
        questionScores[at] = (questionScores[at] as number) + (weight * score) / best
      }
      addChannel(channel, byParagraph, weight)
    }
    if (weights.vectors && this.#vectors) {
      const similarities = new Float32Array(count)
      for (const { kind, position, similarity } of await this.#vectors.nearest(vector, 200)) {
        const paragraph = kind === 'paragraph' ? position : ownerOf(position)
        similarities[paragraph] = Math.max(similarities[paragraph] as number, similarity)
      }
      addChannel('vectors', similarities, weights.vectors)
    }
    const best = Array.from(fused.keys())
      .filter(at => (fused[at] as number) > 0)
      .sort((a, b) => (fused[b] as number) - (fused[a] as number))
      .slice(0, limit)
    return best.map(position => ({
      paragraph: this.#corpus.paragraph(position),
      document: this.#corpus.documentOf(position),
      score: fused[position] as number,
      channels: Object.fromEntries([...perChannel].map(([channel, scores]) => [channel, scores[position]])),
      statement: this.#bestStatement(position, questionScores),
    }))
  }

  #bestStatement(position: number, questionScores: Float32Array): Candidate['statement'] {
    const { firstQuestions } = this.#corpus.positions
    const first = firstQuestions[position] as number
    const end = firstQuestions[position + 1] as number
    let best = -1
    for (let at = first; at < end; at++)
      if ((questionScores[at] as number) > (best < 0 ? 0 : (questionScores[best] as number))) best = at
    if (best < 0) return null
    const asked = (this.#corpus.enrichment(position)?.statements ?? []).flatMap(statement =>
      statement.questions.map(question => ({ statement, question })),
    )
    const matched = asked[best - first] as (typeof asked)[number]
    return { ...matched, score: questionScores[best] as number }
  }
}
