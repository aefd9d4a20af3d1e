/** Retrieval policy: which features count how much, and the order of the evidence. */
import { type AnalyzedText, analyze, tokens } from '../ingest/analysis.js'
import type { Embedder } from '../ingest/embedder.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import { queryWords } from '../ingest/query-units.js'
import type { Candidate, FeatureWeights } from '../ingest/search.js'

/** Weights of the features. */
export const WEIGHTS: FeatureWeights = {
  text: 1,
  clause: 0.5,
  phrase: 0.5,
  bm25: 1,
  heading: 0.3,
  joint: 1,
  neighbours: 0.1,
  section: 0.2,
  question: 2,
  questionForward: 0.5,
  questionPhrase: 0.5,
  statement: 0.7,
  enriched: 0.3,
  enrichedBm25: 0.5,
  vector: 0.3,
  questionVector: 0.3,
  isHeading: -1,
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
  const vector = await embedder.embedQuery(question)
  const { candidates, units } = await index.search({
    words: queryWords(tokens(question)),
    vector,
    preferences: new Map(),
    weights: WEIGHTS,
    limit,
  })
  const [best] = candidates
  let total = 0
  let held = 0
  for (const [unit, { weight }] of units.entries()) {
    total += weight
    held += weight * (best?.wordLevels[unit] ?? 0)
  }
  return { question, analysis: analyze(question), candidates, coverage: total === 0 ? 0 : held / total }
}
