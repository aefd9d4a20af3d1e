import { describe, expect, it } from 'vitest'
import { fitExamples, scoreOf } from '../../evals/train-model.js'
import { growTrees, type NamedExample } from '../../evals/train-trees.js'
import { type DecisionTree, sumOfTrees } from '../../server/decision-trees.js'

const OPTIONS = { count: 150, depth: 2, rate: 0.3 }

/** Points of a square of which each side is divided in 20; `noise` says nothing. */
const square = (isPositive: (left: number, right: number) => boolean): NamedExample[] =>
  Array.from({ length: 400 }, (_, at) => {
    const [left, right] = [(at % 20) / 20, Math.floor(at / 20) / 20]
    return { features: { left, right, noise: (at % 7) / 7 }, positive: isPositive(left, right), weight: 1 }
  })

/** Exactly one of two features is high. */
const exclusiveOr = square((left, right) => left >= 0.5 !== right >= 0.5)

const shareRight = (
  examples: readonly NamedExample[],
  logOdds: (features: NamedExample['features']) => number,
) => examples.filter(({ features, positive }) => logOdds(features) > 0 === positive).length / examples.length

const depthOf = (tree: DecisionTree): number =>
  typeof tree === 'number' ? 0 : 1 + Math.max(depthOf(tree.below), depthOf(tree.above))

describe('trees', () => {
  it('learn what two features say together, which no linear model can', () => {
    const rows = exclusiveOr.map(({ features: { left = 0, right = 0 }, positive, weight }) => ({
      features: Float64Array.of(1, left, right),
      positive,
      weight,
    }))
    const line = fitExamples(rows, { dimensions: 3, regularization: 1e-4 })
    const linear = ({ left = 0, right = 0 }: NamedExample['features']) =>
      scoreOf(line, Float64Array.of(1, left, right))
    expect(shareRight(exclusiveOr, linear)).toBeLessThan(0.6)
    const trees = growTrees(exclusiveOr, linear, OPTIONS)
    const mended = (features: NamedExample['features']) => linear(features) + sumOfTrees(trees, features)
    expect(shareRight(exclusiveOr, mended)).toBeGreaterThan(0.97)
  })

  it('ask no more questions than allowed', () => {
    const trees = growTrees(exclusiveOr, () => 0, { ...OPTIONS, count: 20 })
    expect(trees).toHaveLength(20)
    expect(Math.max(...trees.map(depthOf))).toBe(2)
    const stumps = growTrees(exclusiveOr, () => 0, { ...OPTIONS, depth: 1 })
    expect(Math.max(...stumps.map(depthOf))).toBe(1)
    // One feature at a time tells nothing here.
    expect(shareRight(exclusiveOr, features => sumOfTrees(stumps, features))).toBeLessThan(0.65)
  })

  it('are the same on every run', () => {
    expect(growTrees(exclusiveOr, () => 0, OPTIONS)).toEqual(growTrees(exclusiveOr, () => 0, OPTIONS))
  })

  it('do not depend on the order in which features are named', () => {
    const renamed = exclusiveOr.map(({ features, ...rest }) => ({
      ...rest,
      features: Object.fromEntries(Object.entries(features).reverse()),
    }))
    expect(growTrees(renamed, () => 0, OPTIONS)).toEqual(growTrees(exclusiveOr, () => 0, OPTIONS))
  })

  it('add nearly nothing to a model that is right already', () => {
    const half = square(left => left >= 0.5)
    const sure = ({ left = 0 }: NamedExample['features']) => (left >= 0.5 ? 12 : -12)
    const trees = growTrees(half, sure, OPTIONS)
    for (const { features } of half) expect(Math.abs(sumOfTrees(trees, features))).toBeLessThan(1)
  })

  it('follow the heavier examples where examples contradict each other', () => {
    const doubled = square(() => true).flatMap(example => [
      { ...example, weight: 3 },
      { ...example, positive: false, weight: 1 },
    ])
    const trees = growTrees(doubled, () => 0, OPTIONS)
    const sums = doubled.map(({ features }) => sumOfTrees(trees, features))
    // Three to one; not to the digit, because each tree is grown from a sample.
    expect(sums.reduce((total, sum) => total + sum, 0) / sums.length).toBeCloseTo(Math.log(3), 0)
    expect(Math.min(...sums)).toBeGreaterThan(0)
  })
})
