/** Evidence for a question that holds several: each part is ranked by itself. */
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
