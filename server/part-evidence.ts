/** Evidence for a question that holds two: each part ranked by itself, helped by the whole question. */
import type { Candidate } from '../ingest/search.js'
import type { Evidence } from './retrieval.js'

/** How much the score for the whole question counts beside that for the part, which often leaves its subject unsaid. */
const WHOLE_WEIGHT = 0.5

/** Ranks the candidates of a part, helped by their scores for the whole question. */
export function withWhole(part: Evidence, whole: Evidence): Evidence {
  const wholeScores = scaledScores(whole.candidates)
  const partScores = scaledScores(part.candidates)
  const known = new Set(part.candidates.map(({ paragraph }) => paragraph.id))
  const all = [...part.candidates, ...whole.candidates.filter(({ paragraph }) => !known.has(paragraph.id))]
  const score = ({ paragraph }: Candidate) =>
    (partScores.get(paragraph.id) ?? 0) + WHOLE_WEIGHT * (wholeScores.get(paragraph.id) ?? 0)
  return { ...part, candidates: all.sort((a, b) => score(b) - score(a)) }
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

function scaledScores(candidates: readonly Candidate[]): Map<string, number> {
  const best = candidates[0]?.score ?? 1
  return new Map(candidates.map(({ paragraph, score }) => [paragraph.id, score / best]))
}
