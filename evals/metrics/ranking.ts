/** Metrics of a ranking. Ranks count from 1; every value is 0..1 and higher is better. */

/**
 * Whether a right paragraph stands among the first `k`: 1 or 0. With one need per question this is the success rate of
 * Voorhees ("The TREC-8 Question Answering Track Report", 1999), here called recall as in dense retrieval papers.
 *
 * @param relevant for each rank whether the paragraph is right
 */
export function hitAt(relevant: readonly boolean[], k: number): number {
  return relevant.slice(0, k).includes(true) ? 1 : 0
}

/** One divided by the rank of the first right paragraph among the first `k`, else 0 (Voorhees, TREC-8, 1999). */
export function reciprocalRank(relevant: readonly boolean[], k: number): number {
  const position = relevant.slice(0, k).indexOf(true)
  return position < 0 ? 0 : 1 / (position + 1)
}

/**
 * Share of the relevant passages that stand among the first `k` (recall of trec_eval); `null` when nothing is relevant.
 *
 * @param total number of relevant passages in the whole collection
 */
export function recallAt(relevant: readonly boolean[], total: number, k: number): number | null {
  if (total === 0) return null
  return relevant.slice(0, k).filter(Boolean).length / total
}

/**
 * Normalised discounted cumulative gain with linear gain, as trec_eval's `ndcg_cut`: the gain at rank r is divided by
 * log2(r + 1), the sum by that of the best possible ranking (Järvelin and Kekäläinen, "Cumulated Gain-based Evaluation
 * of IR Techniques", 2002). `null` when nothing has a gain above 0.
 *
 * @param gains gain at each rank; a negative judgement counts as 0, as in trec_eval
 * @param judged gains of all judged passages, in any order
 */
export function ndcgAt(gains: readonly number[], judged: readonly number[], k: number): number | null {
  const ideal = discounted([...judged].sort((left, right) => right - left).slice(0, k))
  if (ideal === 0) return null
  return discounted(gains.slice(0, k)) / ideal
}

function discounted(gains: readonly number[]): number {
  let sum = 0
  for (const [index, gain] of gains.entries()) sum += Math.max(0, gain) / Math.log2(index + 2)
  return sum
}

/**
 * Which of several needs a ranking meets within the first `k`: the share of needs with at least one right paragraph
 * there (subtopic recall of Zhai, Cohen and Lafferty, "Beyond Independent Relevance", SIGIR 2003).
 *
 * @param needs for each need the relevance at each rank
 */
export function needsMetAt(needs: readonly (readonly boolean[])[], k: number): number | null {
  return needs.length === 0 ? null : needs.filter(relevant => hitAt(relevant, k) === 1).length / needs.length
}
