/** Searching paragraphs by several channels at once: what is stored for it, and the search itself. */
import { type AnalyzedText, analyze } from './analysis.js'
import type { DocumentContent, Paragraph, ParagraphEnrichment, PolicyDocument, Statement } from './corpus.js'
import { type Bm25Parameters, LexicalIndex, LexicalIndexBuilder } from './lexical-index.js'
import type { VectorStore } from './vector-store.js'

/** A document with everything that goes into the index. */
export interface IndexableDocument {
  readonly document: PolicyDocument
  readonly content: DocumentContent
  readonly enrichment: readonly ParagraphEnrichment[]
}

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
  /** One entry per enrichment question. */
  readonly questions: readonly {
    readonly statement: Statement
    readonly question: string
    /** Position of its paragraph in `paragraphs`. */
    readonly paragraph: number
  }[]
  readonly enrichment: ReadonlyMap<string, ParagraphEnrichment>
}

function listEntries(documents: readonly IndexableDocument[]): Entries {
  const paragraphs: Entries['paragraphs'][number][] = []
  const questions: Entries['questions'][number][] = []
  const enrichment = new Map<string, ParagraphEnrichment>()
  for (const owner of documents) {
    for (const item of owner.enrichment) enrichment.set(item.paragraphId, item)
    for (const paragraph of owner.content.paragraphs) {
      const position = paragraphs.length
      paragraphs.push({ paragraph, owner })
      for (const statement of enrichment.get(paragraph.id)?.statements ?? []) {
        for (const question of statement.questions)
          questions.push({ statement, question, paragraph: position })
      }
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

/** The texts to embed, in the order in which their vectors are stored: every paragraph, then every question. */
export function* listPassages(documents: readonly IndexableDocument[]): Generator<string> {
  const { paragraphs, questions } = listEntries(documents)
  for (const { paragraph, owner } of paragraphs) yield contextText(paragraph, owner)
  for (const { question } of questions) yield question
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
  for (const { question } of entries.questions) addTerms(builders, 'question', analyze(question))
  return new Map(
    LEXICAL_CHANNELS.map(channel => [`${channel}.bin`, builders[channel].finish().toBuffer()] as const),
  )
}

/** Searches the paragraphs of one index. */
export class ParagraphSearch {
  readonly #entries: Entries
  readonly #lexical: Record<LexicalChannel, LexicalIndex>
  readonly #vectors: VectorStore | null

  /**
   * @param documents the same, in the same order, that the files were built from
   * @param files what `buildSearchFiles` gave; must have been checked, nothing is validated here
   * @param vectors one per text of `listPassages`; `null` when there is none
   */
  constructor(
    documents: readonly IndexableDocument[],
    files: ReadonlyMap<string, Buffer>,
    vectors: VectorStore | null,
  ) {
    this.#entries = listEntries(documents)
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
    const count = this.#entries.paragraphs.length
    const fused = new Float32Array(count)
    const perChannel = new Map<Channel, Float32Array>()
    const questionScores = new Float32Array(this.#entries.questions.length)
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
      for (const [at, { paragraph }] of this.#entries.questions.entries()) {
        const score = scores[at] as number
        if (score > (byParagraph[paragraph] as number)) byParagraph[paragraph] = score
        questionScores[at] = (questionScores[at] as number) + (weight * score) / best
      }
      addChannel(channel, byParagraph, weight)
    }
    if (weights.vectors && this.#vectors) {
      const similarities = new Float32Array(count)
      for (const { position, similarity } of await this.#vectors.nearest(vector, 200)) {
        const paragraph =
          position < count ? position : (this.#entries.questions[position - count]?.paragraph as number)
        similarities[paragraph] = Math.max(similarities[paragraph] as number, similarity)
      }
      addChannel('vectors', similarities, weights.vectors)
    }
    const best = Array.from(fused.keys())
      .filter(at => (fused[at] as number) > 0)
      .sort((a, b) => (fused[b] as number) - (fused[a] as number))
      .slice(0, limit)
    const bestQuestion = new Map<number, number>()
    for (const [at, { paragraph }] of this.#entries.questions.entries()) {
      const known = bestQuestion.get(paragraph)
      const score = questionScores[at] as number
      if (score > 0 && (known === undefined || score > (questionScores[known] as number)))
        bestQuestion.set(paragraph, at)
    }
    return best.map(position => {
      const { paragraph, owner } = this.#entries.paragraphs[position] as Entries['paragraphs'][number]
      const question = bestQuestion.get(position)
      const matched = question === undefined ? undefined : this.#entries.questions[question]
      return {
        paragraph,
        document: owner.document,
        score: fused[position] as number,
        channels: Object.fromEntries([...perChannel].map(([channel, scores]) => [channel, scores[position]])),
        statement: matched
          ? {
              statement: matched.statement,
              question: matched.question,
              score: questionScores[question as number] as number,
            }
          : null,
      }
    })
  }
}
