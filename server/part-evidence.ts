/** Evidence for a question that holds several: each part is ranked by itself. */
import type { PolicyDocument } from '../ingest/corpus.js'
import type { Candidate } from '../ingest/search.js'
import { decide, type RefusalDecision } from './refusal.js'
import type { Evidence } from './retrieval.js'

/**
 * Shares, 0..1, of the weight of the heaviest word: one of which this much is not held, by itself, by a near synonym or as
 * part of a compound, is not in the paragraph; one of which at most this much is missing is.
 */
const WORD_ABSENT = 0.99
const WORD_HELD = 0.25
/** Least probability at which a paragraph of a named document that holds the heaviest word answers. */
const LEAST_PROBABILITY_HELD = 0.18

/**
 * A document whose best paragraph scores this much less, in log-odds, than that of another one that is asked the same, tells
 * it not: of 190 parts of probe questions within the gap 4 were about what their document does not tell, of 11 beyond 7.
 */
const SCORE_GAP = 5

/**
 * Decides for each part whether its evidence carries an answer.
 *
 * Where several documents are asked the same and one of them tells it in the words that are asked, another that does not
 * hold the heaviest of them, or holds what is asked far less, tells it not: of 52 questions about something that only one of
 * two documents tells, 4 are answered from the other one; by the probability alone it was more than half.
 *
 * @param decisions of each part by itself
 */
export function decideParts(
  parts: readonly Evidence[],
  decisions: readonly RefusalDecision[] = parts.map(decide),
): RefusalDecision[] {
  const holds = ({ features: { strictMissingHeaviest = 1 } }: RefusalDecision) =>
    strictMissingHeaviest < WORD_ABSENT
  const scoreOf = (part: Evidence | undefined) => part?.candidates[0]?.score ?? 0
  const telling = parts.filter((part, at) => part.understood.isShared && decisions[at]?.answers)
  const isTold = telling.some(part => holds(decisions[parts.indexOf(part)] as RefusalDecision))
  const highest = Math.max(...telling.map(scoreOf))
  return decisions.map((decision, at) => {
    if (!parts[at]?.understood.isShared) return decision
    const isFar = highest - scoreOf(parts[at]) >= SCORE_GAP
    if (isFar || (isTold && !holds(decision))) return { ...decision, answers: false }
    const { heaviestMissing = 1 } = decision.features
    const isHeld =
      holds(decision) && heaviestMissing <= WORD_HELD && decision.probability >= LEAST_PROBABILITY_HELD
    return { ...decision, answers: decision.answers || isHeld }
  })
}

/** One ranking over all parts: the best of each part in turn, then the next of each. */
export function interleave(parts: readonly Evidence[], limit: number): Candidate[] {
  const found = new Map<string, Candidate>()
  const longest = Math.max(0, ...parts.map(({ candidates }) => candidates.length))
  for (let rank = 0; rank < longest; rank++) {
    for (const { candidates } of parts) {
      const candidate = candidates[rank]
      if (candidate && !found.has(candidate.paragraph.id)) found.set(candidate.paragraph.id, candidate)
    }
  }
  return [...found.values()].slice(0, limit)
}

/** What of a question was not found. */
export interface Missing {
  /** Questions that no part answers, in the visitor's words. */
  readonly questions: readonly string[]
  /** Questions that a document does not answer though it was named, and another one does. */
  readonly documents: readonly { readonly question: string; readonly document: PolicyDocument }[]
}

/**
 * What was not found.
 *
 * @param carried the parts whose evidence carries an answer
 */
export function findMissing(
  parts: readonly Evidence[],
  carried: readonly Evidence[],
  documents: readonly PolicyDocument[],
): Missing {
  const answered = new Set(carried.map(({ title }) => title))
  const missing = parts.filter(part => !carried.includes(part))
  const questions = new Set(missing.map(({ title }) => title).filter(each => !answered.has(each)))
  return {
    questions: [...questions],
    documents: missing
      .filter(({ title }) => answered.has(title))
      .flatMap(({ title, understood }) =>
        documents
          .filter(({ id }) => understood.named.includes(id))
          .map(document => ({ question: title, document })),
      ),
  }
}
