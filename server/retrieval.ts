/** Retrieval policy: how a question becomes searches, which features count how much, and the order of the evidence. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type AnalyzedText, analyze } from '../ingest/analysis.js'
import type { Embedder } from '../ingest/embedder.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import type { QueryUnit } from '../ingest/query-units.js'
import type { Candidate, ExpectedEnrichment, FeatureWeights } from '../ingest/search.js'
import { answerType, askedValues, countedNoun } from './answer-type.js'
import {
  type EarlierTurn,
  type UnderstoodPart,
  type UnderstoodQuestion,
  understand,
  understandParts,
  withDocumentBefore,
} from './question.js'

const weightsSchema = z.record(z.string(), z.number())
const rankingSchema = z.object({
  /** The run of `evals/train.ts` that chose the weights. */
  run: z.string(),
  /** For an index that holds enrichment. */
  enriched: weightsSchema,
  /** For one that holds none. */
  plain: weightsSchema,
  /** For documents without enrichment in an index that holds some. */
  expectedEnrichment: z.object({ bias: z.number(), weights: weightsSchema }),
})

/** Weights of the features, for an index with enrichment and for one without. */
export interface RankingWeights {
  readonly enriched: FeatureWeights
  readonly plain: FeatureWeights
  readonly expectedEnrichment?: ExpectedEnrichment
}

/** The weights of the data file that `evals/train.ts` writes. */
export const RANKING_WEIGHTS: RankingWeights = rankingSchema.parse(
  JSON.parse(readFileSync(new URL('ranking.json', import.meta.url), 'utf8')),
)

/** The part of an index that retrieval needs. */
export type SearchableIndex = Pick<ParagraphIndex, 'documents' | 'search' | 'hasEnrichment'>

/** The ranked paragraphs for one question, or for one part of it. */
export interface Evidence {
  /** The part as a question of its own, nearly in the visitor's words. */
  readonly question: string
  /** As it is shown. */
  readonly title: string
  readonly analysis: AnalyzedText
  readonly understood: UnderstoodQuestion
  /** The words that count, with what the corpus knows of them. */
  readonly units: readonly QueryUnit[]
  /** Best first. */
  readonly candidates: readonly Candidate[]
  /** Share of the question's weight of words that the best candidate, its headings and its enrichment hold, 0..1. */
  readonly coverage: number
}

/** Finds the best paragraphs for a question in its conversation, without cutting it into parts. */
export async function retrieve(
  index: SearchableIndex,
  embedder: Embedder | null,
  question: string,
  history: readonly EarlierTurn[],
  limit: number,
  weights: RankingWeights = RANKING_WEIGHTS,
): Promise<Evidence> {
  const understood = understand(question, history, await index.documents())
  return find(index, embedder, { question, title: question, understood, pointsBack: false }, limit, weights)
}

/**
 * Finds the best paragraphs for each part of a question: the questions it holds, and where one names several documents,
 * each document.
 *
 * @returns at least one part, in the order of the question
 */
export async function retrieveParts(
  index: SearchableIndex,
  embedder: Embedder | null,
  question: string,
  history: readonly EarlierTurn[],
  limit: number,
  weights: RankingWeights = RANKING_WEIGHTS,
): Promise<Evidence[]> {
  const parts = understandParts(question, history, await index.documents())
  const found: Evidence[] = []
  for (const part of parts) {
    const before = part.pointsBack ? found.at(-1)?.candidates[0]?.document : undefined
    const understood = before ? withDocumentBefore(part.understood, before) : part.understood
    found.push(await find(index, embedder, { ...part, understood }, limit, weights))
  }
  return found
}

async function find(
  index: SearchableIndex,
  embedder: Embedder | null,
  { question, title, understood }: UnderstoodPart,
  limit: number,
  ranking: RankingWeights,
): Promise<Evidence> {
  const { words, preferences, answerForms, earlierParagraph } = understood
  const weights = index.hasEnrichment ? ranking.enriched : ranking.plain
  const vector = embedder && (await embedder.embedQuery(question))
  const found = await index.search({
    words,
    vector,
    answerForms,
    preferences,
    ...(earlierParagraph !== null && { earlierParagraph }),
    weights,
    ...(index.hasEnrichment &&
      ranking.expectedEnrichment && { expectedEnrichment: ranking.expectedEnrichment }),
    limit,
  })
  const { units } = found
  const usable = understood.confined
    ? found.candidates.filter(({ document }) => understood.named.includes(document.id))
    : found.candidates
  const candidates = withCountFirst(question, usable)
  const [best] = candidates
  let [total, held] = [0, 0]
  for (const [unit, { weight }] of units.entries()) {
    total += weight
    held += weight * (best?.wordLevels[unit] ?? 0)
  }
  return {
    question,
    title,
    analysis: analyze(question),
    understood,
    units,
    candidates,
    coverage: total === 0 ? 0 : held / total,
  }
}

/** Furthest below the best that a paragraph which holds the counted things is taken for better than one without any. */
const COUNT_MARGIN = 1.5

/** Candidates with one that tells how many of the asked things there are before a best one that does not. */
function withCountFirst(question: string, candidates: readonly Candidate[]): readonly Candidate[] {
  const [best] = candidates
  if (!best || answerType(question) !== 'number' || countedNoun(question) === null) return candidates
  const counts = ({ paragraph }: Candidate) => askedValues(question, paragraph.text).length > 0
  if (counts(best)) return candidates
  const better = candidates.find(each => best.score - each.score <= COUNT_MARGIN && counts(each))
  return better ? [better, ...candidates.filter(each => each !== better)] : candidates
}

/** Earlier turns as understanding needs them. */
export function earlierTurns(
  history: readonly {
    readonly question: string
    readonly answer: {
      readonly citations: readonly { readonly documentId: string; readonly paragraphId: string }[]
    } | null
  }[],
): EarlierTurn[] {
  return history.map(({ question, answer }) => ({
    question,
    documentId: answer?.citations[0]?.documentId ?? null,
    paragraphId: answer?.citations[0]?.paragraphId ?? null,
  }))
}
