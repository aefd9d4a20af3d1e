/** Evidence for a question that holds several: each part is ranked by itself. */
import type { PolicyDocument } from '../ingest/corpus.js'
import type { Candidate } from '../ingest/search.js'
import type { Evidence } from './retrieval.js'

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
  const answered = new Set(carried.map(({ question }) => question))
  const missing = parts.filter(part => !carried.includes(part))
  const questions = new Set(missing.map(({ question }) => question).filter(each => !answered.has(each)))
  return {
    questions: [...questions],
    documents: missing
      .filter(({ question }) => answered.has(question))
      .flatMap(({ question, understood }) =>
        documents.filter(({ id }) => understood.named.includes(id)).map(document => ({ question, document })),
      ),
  }
}
