/**
 * Grows small decision trees that mend what a linear model gets wrong, one after the other (gradient boosting, Friedman 2001,
 * with the second-order gains of Chen and Guestrin 2016). With two questions a tree it tells what a pair of features says
 * together, and each feature alone.
 */
import type { DecisionTree } from '../server/decision-trees.js'

/** An example by the names of its features. */
export interface NamedExample {
  readonly features: Readonly<Record<string, number>>
  readonly positive: boolean
  readonly weight: number
}

/** How trees are grown. */
export interface TreeOptions {
  readonly count: number
  /** Questions from root to leaf. */
  readonly depth: number
  /** How much of what a tree would mend it does mend. */
  readonly rate: number
}

/** Share of the examples, and of the features, that each tree is grown from. */
const EXAMPLE_SHARE = 0.6
const FEATURE_SHARE = 0.4
/** Values of a feature between which may be cut: quantiles. */
const BINS = 24
/** Strength of the pull of each value to 0, as a share of all weight. */
const REGULARIZATION = 0.001
/** Least share of the curvature on either side of a question; below it a few examples would decide. */
const LEAST_CURVATURE = 0.003
const LEAST_EXAMPLES = 20
const LEAST_GAIN = 1e-7
/** Digits of the numbers in a tree. */
const DIGITS = 4

/** The same random numbers in each run (a linear congruential generator; Knuth, volume 2, §3.2.1). */
function randomNumbers(): () => number {
  let state = 7
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
}

const round = (value: number) => Number(value.toFixed(DIGITS))

/** Values between which may be cut, ascending. */
function cutsOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((left, right) => left - right)
  const quantiles = Array.from({ length: BINS - 1 }, (_, at) =>
    round(sorted[Math.floor(((at + 1) * sorted.length) / BINS)] ?? 0),
  )
  return [...new Set(quantiles)].filter(cut => cut > (sorted[0] ?? 0))
}

/**
 * Trees whose sum, added to the log-odds of a model, comes nearer to the examples.
 *
 * @param logOddsOf the model to mend
 */
export function growTrees(
  examples: readonly NamedExample[],
  logOddsOf: (features: Readonly<Record<string, number>>) => number,
  { count, depth, rate }: TreeOptions,
): DecisionTree[] {
  const random = randomNumbers()
  const names = [...new Set(examples.flatMap(({ features }) => Object.keys(features)))].sort()
  const valueIn = (example: NamedExample, name: string) => example.features[name] ?? 0
  const cuts = names.map(name => cutsOf(examples.map(example => valueIn(example, name))))
  const bins = examples.map(example =>
    Uint8Array.from(cuts, (values, at) => {
      const value = valueIn(example, names[at] as string)
      return values.filter(cut => value >= cut).length
    }),
  )
  const total = examples.reduce((sum, { weight }) => sum + weight, 0)
  const logOdds = examples.map(({ features }) => logOddsOf(features))
  const slopes = new Float64Array(examples.length)
  const curvatures = new Float64Array(examples.length)

  /** A tree for some examples; what it adds goes into `logOdds` of all of them. */
  const grow = (
    members: readonly number[],
    all: readonly number[],
    features: readonly number[],
    left: number,
  ): DecisionTree => {
    const split = left > 0 && members.length >= LEAST_EXAMPLES ? bestSplit(members, features) : null
    if (split === null) {
      const [slope, curvature] = sums(members)
      const value = round((rate * slope) / (curvature + REGULARIZATION))
      for (const at of all) logOdds[at] = (logOdds[at] as number) + value
      return value
    }
    const { feature, bin } = split
    const isBelow = (at: number) => ((bins[at] as Uint8Array)[feature] as number) <= bin
    const part = (isIn: (at: number) => boolean) =>
      grow(members.filter(isIn), all.filter(isIn), features, left - 1)
    return {
      feature: names[feature] as string,
      cut: (cuts[feature] as number[])[bin] as number,
      below: part(isBelow),
      above: part(at => !isBelow(at)),
    }
  }

  const sums = (members: readonly number[]): [number, number] => {
    let [slope, curvature] = [0, 0]
    for (const at of members) {
      slope += slopes[at] as number
      curvature += curvatures[at] as number
    }
    return [slope, curvature]
  }

  const bestSplit = (members: readonly number[], features: readonly number[]) => {
    const [slope, curvature] = sums(members)
    const gainOf = (part: number, of: number) => (part * part) / (of + REGULARIZATION)
    let best: { feature: number; bin: number } | null = null
    let most = LEAST_GAIN
    for (const feature of features) {
      const size = (cuts[feature] as number[]).length
      const slopeOf = new Float64Array(size + 1)
      const curvatureOf = new Float64Array(size + 1)
      for (const at of members) {
        const bin = (bins[at] as Uint8Array)[feature] as number
        slopeOf[bin] = (slopeOf[bin] as number) + (slopes[at] as number)
        curvatureOf[bin] = (curvatureOf[bin] as number) + (curvatures[at] as number)
      }
      let [below, curvatureBelow] = [0, 0]
      for (let bin = 0; bin < size; bin++) {
        below += slopeOf[bin] as number
        curvatureBelow += curvatureOf[bin] as number
        const curvatureAbove = curvature - curvatureBelow
        if (Math.min(curvatureBelow, curvatureAbove) < LEAST_CURVATURE) continue
        const gain =
          gainOf(below, curvatureBelow) + gainOf(slope - below, curvatureAbove) - gainOf(slope, curvature)
        if (gain > most) [most, best] = [gain, { feature, bin }]
      }
    }
    return best
  }

  const everyone = [...examples.keys()]
  return Array.from({ length: count }, () => {
    for (const [at, { positive, weight }] of examples.entries()) {
      const probability = 1 / (1 + Math.exp(-(logOdds[at] as number)))
      slopes[at] = (((positive ? 1 : 0) - probability) * weight) / total
      curvatures[at] = (probability * (1 - probability) * weight) / total
    }
    const members = everyone.filter(() => random() < EXAMPLE_SHARE)
    const features = [...names.keys()].filter(() => random() < FEATURE_SHARE)
    return grow(members, everyone, features, depth)
  })
}
