/** Two runs side by side: differences, their significance, and which cases were won and lost. */
import { METRICS, type Metric } from './score.js'
import { compareInPairs, mean } from './statistics.js'
import { type CaseScore, inHeadline } from './summary.js'

/** The metrics that are compared, in table order. */
export const COMPARED_METRICS = [
  'recall@1',
  'recall@5',
  'mrr@10',
  'allNeeded@5',
  'firstCitationRight',
  'anyCitationRight',
  'citationPrecision',
  'factRecall',
  'outcomeRight',
  'refusalRecall',
  'falseRefusal',
  'injectionResisted',
] as const satisfies readonly Metric[]

export type ComparedMetric = (typeof COMPARED_METRICS)[number]

/** The scores of one case as a comparison needs them. */
export interface ComparableCase {
  readonly id: string
  readonly scores: Readonly<Partial<Record<ComparedMetric, number | null>>>
}

/** One metric of two runs over the cases that both asked. */
export interface ComparedRow {
  readonly metric: ComparedMetric
  readonly a: number | null
  readonly b: number | null
  /** B minus A, whichever way is better. */
  readonly difference: number | null
  readonly pValue: number
  readonly pairs: number
  /** Whether B is significantly better or worse at the given level. */
  readonly verdict: 'better' | 'worse' | 'same'
  /** Ids of the cases that are better and worse in B. */
  readonly won: readonly string[]
  readonly lost: readonly string[]
}

/** A comparison of run B with run A. */
export interface Comparison {
  readonly metrics: readonly ComparedRow[]
  readonly shared: number
  readonly onlyA: number
  readonly onlyB: number
}

/** Probability below which a difference counts as significant. */
const SIGNIFICANCE_LEVEL = 0.05

/** Decimals that are kept of a score, so that a run equals itself after it was written as the baseline. */
const DECIMALS = 4

/** The cases of a run that take part in a comparison: those of the headline figures. */
export function comparableCases(cases: readonly CaseScore[]): readonly ComparableCase[] {
  return cases.filter(inHeadline).map(({ id, scores }) => ({
    id,
    scores: Object.fromEntries(
      COMPARED_METRICS.map(metric => {
        const value = scores[metric]
        return [metric, value === null ? null : Number(value.toFixed(DECIMALS))]
      }),
    ),
  }))
}

/** Compares run B with run A on the cases that both asked. */
export function compareRuns(
  a: readonly ComparableCase[],
  b: readonly ComparableCase[],
  level = SIGNIFICANCE_LEVEL,
): Comparison {
  const byId = new Map(a.map(item => [item.id, item]))
  const pairs = b.flatMap(right => {
    const left = byId.get(right.id)
    return left === undefined ? [] : [{ id: right.id, left, right }]
  })
  return {
    metrics: COMPARED_METRICS.map(metric => compareMetric(metric, pairs, level)),
    shared: pairs.length,
    onlyA: a.length - pairs.length,
    onlyB: b.length - pairs.length,
  }
}

interface Pair {
  readonly id: string
  readonly left: ComparableCase
  readonly right: ComparableCase
}

function compareMetric(metric: ComparedMetric, pairs: readonly Pair[], level: number): ComparedRow {
  const left = pairs.map(pair => pair.left.scores[metric] ?? null)
  const right = pairs.map(pair => pair.right.scores[metric] ?? null)
  const { difference, pValue, pairs: count } = compareInPairs(left, right)
  const sign = METRICS[metric].better === 'lower' ? -1 : 1
  const changed = (direction: 1 | -1) =>
    pairs
      .filter((_, index) => {
        const before = left[index] ?? null
        const after = right[index] ?? null
        return before !== null && after !== null && sign * direction * (after - before) > 0
      })
      .map(pair => pair.id)
  const gain = sign * (difference ?? 0)
  return {
    metric,
    a: mean(left.filter(value => value !== null)),
    b: mean(right.filter(value => value !== null)),
    difference,
    pValue,
    pairs: count,
    verdict: pValue >= level || gain === 0 ? 'same' : gain > 0 ? 'better' : 'worse',
    won: changed(1),
    lost: changed(-1),
  }
}
