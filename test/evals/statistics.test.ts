import { describe, expect, it } from 'vitest'
import { compareInPairs, estimate, percentile, seededRandom } from '../../evals/statistics.js'

describe('the estimate of a mean', () => {
  it('leaves null out of the mean and counts it, instead of taking it as 0', () => {
    const result = estimate([1, null, 1, null, null])
    expect(result.mean).toBe(1)
    expect(result.count).toBe(2)
    expect(result.leftOut).toBe(3)
  })

  it('has no mean and no interval without values', () => {
    expect(estimate([null, null])).toEqual({ mean: null, low: null, high: null, count: 0, leftOut: 2 })
  })

  it('has a mean and no interval for one value', () => {
    expect(estimate([0.5])).toMatchObject({ mean: 0.5, low: null, high: null })
  })

  it('has an interval close to the normal approximation for a proportion of many cases', () => {
    // 300 of 400: standard error √(0.75·0.25/400) = 0.02165, so ± 0.0424.
    const values = Array.from({ length: 400 }, (_, index) => (index % 4 === 0 ? 0 : 1))
    const { low, high } = estimate(values)
    expect(low).toBeGreaterThan(0.75 - 0.0424 - 0.012)
    expect(low).toBeLessThan(0.75 - 0.0424 + 0.012)
    expect(high).toBeGreaterThan(0.75 + 0.0424 - 0.012)
    expect(high).toBeLessThan(0.75 + 0.0424 + 0.012)
  })

  it('is the same for the same seed', () => {
    const values = [0, 1, 1, 0, 1, 0.5, 0.25]
    expect(estimate(values, 7)).toEqual(estimate(values, 7))
  })

  it('covers the true proportion in about 95 of 100 samples', () => {
    const random = seededRandom(42)
    let covered = 0
    for (let sample = 0; sample < 200; sample++) {
      const values = Array.from({ length: 100 }, () => (random() < 0.7 ? 1 : 0))
      const { low, high } = estimate(values, sample)
      if (low !== null && high !== null && low <= 0.7 && 0.7 <= high) covered++
    }
    expect(covered).toBeGreaterThanOrEqual(180)
  })
})

describe('the paired randomisation test', () => {
  it('gives the exact two-sided probability for few pairs', () => {
    // Five wins and no loss: only the two patterns with all signs equal are as extreme, 2 of 32.
    const result = compareInPairs([0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1])
    expect(result.pValue).toBeCloseTo(2 / 32, 10)
    expect(result.difference).toBeCloseTo(5 / 6, 10)
    expect(result.pairs).toBe(6)
  })

  it('agrees with the binomial sign test for many pairs', () => {
    // 20 wins and 5 losses: two-sided probability of the sign test 0.00408.
    const a = [...new Array<number>(20).fill(0), ...new Array<number>(5).fill(1)]
    const b = [...new Array<number>(20).fill(1), ...new Array<number>(5).fill(0)]
    const { pValue } = compareInPairs(a, b)
    expect(pValue).toBeGreaterThan(0.001)
    expect(pValue).toBeLessThan(0.009)
  })

  it('finds nothing between a run and itself', () => {
    expect(compareInPairs([0, 1, 0.5], [0, 1, 0.5])).toEqual({ difference: 0, pValue: 1, pairs: 3 })
  })

  it('leaves out a pair in which either value is null', () => {
    expect(compareInPairs([null, 1, 0], [1, null, 1])).toMatchObject({ difference: 1, pairs: 1 })
    expect(compareInPairs([null], [1])).toEqual({ difference: null, pValue: 1, pairs: 0 })
  })

  it('raises a false alarm in about 5 of 100 comparisons of equal systems', () => {
    const random = seededRandom(3)
    let alarms = 0
    for (let trial = 0; trial < 100; trial++) {
      const a = Array.from({ length: 40 }, () => (random() < 0.7 ? 1 : 0))
      const b = Array.from({ length: 40 }, () => (random() < 0.7 ? 1 : 0))
      if (compareInPairs(a, b, trial).pValue < 0.05) alarms++
    }
    expect(alarms).toBeLessThanOrEqual(12)
  })
})

describe('percentiles', () => {
  it('interpolate between neighbours', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(percentile([10, 20], 0.95)).toBeCloseTo(19.5, 10)
    expect(percentile([], 0.5)).toBeNull()
  })
})
