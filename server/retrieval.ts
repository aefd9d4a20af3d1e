/** Retrieval policy: which channels count how much, and the order of the evidence. */
import { type AnalyzedText, analyze } from '../ingest/analysis.js'
import type { Embedder } from '../ingest/embedder.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate, ChannelWeights } from '../ingest/search.js'

/** Weights of the channels, from the prototype of the design (§7); `npm run evals` is to confirm or change them. */
const WEIGHTS: ChannelWeights = {
  'text-words': 0.2,
  'text-grams': 0.2,
  'text-concepts': 0.1,
  'enriched-words': 0.8,
  'enriched-grams': 0.2,
  'enriched-bigrams': 0.1,
  'enriched-concepts': 0.2,
  'question-words': 0.4,
  'question-bigrams': 0.2,
  'question-concepts': 0.2,
  vectors: 0.3,
}

/** The ranked paragraphs for one question. */
export interface Evidence {
  readonly question: string
  readonly analysis: AnalyzedText
  /** Best first. */
  readonly candidates: readonly Candidate[]
  /** Share of the question's weight of words that the best candidate and its enrichment hold, 0..1. */
  readonly coverage: number
}

/** Finds the best paragraphs for a text. */
export async function retrieve(
  index: ParagraphIndex,
  embedder: Embedder,
  question: string,
  limit: number,
): Promise<Evidence> {
  const analysis = analyze(question)
  const vector = await embedder.embedQuery(question)
  const candidates = await index.search({ analysis, vector, weights: WEIGHTS, limit })
  return { question, analysis, candidates, coverage: coverage(index, analysis, candidates[0]) }
}

function coverage(index: ParagraphIndex, analysis: AnalyzedText, best: Candidate | undefined): number {
  if (!best) return 0
  const held = new Set(
    analyze(
      [
        best.document.title,
        ...best.document.aliases,
        ...best.paragraph.headingPath,
        best.paragraph.searchText,
        best.statement?.question ?? '',
      ].join(' '),
    ).words,
  )
  let total = 0
  let found = 0
  for (const word of new Set(analysis.words)) {
    const weight = index.inverseDocumentFrequency(word)
    total += weight
    if (held.has(word)) found += weight
  }
  return total === 0 ? 0 : found / total
}
