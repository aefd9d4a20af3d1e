/** The statistics under every figure: percentiles, confidence intervals and the paired significance test. */

/** A mean with its confidence interval. */
export interface Estimate {
  /** Mean of the values that apply; `null` when none does. */
  readonly mean: number | null
  /** Bounds of the 95 % confidence interval; `null` when there are fewer than two values. */
  readonly low: number | null
  readonly high: number | null
  /** Number of values in the mean. */
  readonly count: number
  /** Number of values that were `null`: the metric does not apply, so they are left out of the mean. */
  readonly leftOut: number
}

/** Outcome of a paired comparison of B with A over the same cases. */
export interface PairedComparison {
  /** Mean of B minus A over the pairs in which both apply; `null` without pairs. */
  readonly difference: number | null
  /** Two-sided probability of a difference at least this large when A and B were exchangeable; 1 without pairs. */
  readonly pValue: number
  readonly pairs: number
}

/** Resamples for an interval; at 1,000 the bounds of a proportion move by less than a point between seeds. */
const RESAMPLES = 1_000
/** Sign patterns drawn when there are too many to try them all. */
const RANDOMISATIONS = 10_000
/** With up to this many unequal pairs all 2^n sign patterns are tried, so the p-value is exact. */
const EXACT_PAIRS = 13

/**
 * A generator of numbers in [0, 1), the same for the same seed. The mulberry32 mixing function (Tommy Ettinger, 2017,
 * public domain), written out.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Arithmetic mean; `null` for no values. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/**
 * The value below which the fraction `rank` of the values lies, with linear interpolation between neighbours
 * (definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996); `null` for no values.
 *
 * @param rank 0..1; 0.5 is the median
 */
export function percentile(values: readonly number[], rank: number): number | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const position = rank * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] ?? 0
  const high = sorted[Math.ceil(position)] ?? low
  return low + (high - low) * (position - below)
}

/**
 * Mean with a 95 % percentile bootstrap interval (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
 * chapter 13). `null` values are left out and counted, never taken as 0.
 */
export function estimate(values: readonly (number | null)[], seed = 1): Estimate {
  const present = Float64Array.from(values.filter(value => value !== null))
  const count = present.length
  const leftOut = values.length - count
  const average = mean([...present])
  if (count < 2) return { mean: average, low: null, high: null, count, leftOut }
  const random = seededRandom(seed)
  const means = new Float64Array(RESAMPLES)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let sum = 0
    for (let draw = 0; draw < count; draw++) sum += present[Math.floor(random() * count)] ?? 0
    means[resample] = sum / count
  }
  means.sort()
  return {
    mean: average,
    low: means[Math.round(0.025 * (RESAMPLES - 1))] ?? null,
    high: means[Math.round(0.975 * (RESAMPLES - 1))] ?? null,
    count,
    leftOut,
  }
}

/**
 * Paired randomisation test on the difference of means: under the null hypothesis each pair could as well be the other
 * way round, so the sign of every difference is flipped at random (Smucker, Allan and Carterette, "A Comparison of
 * Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007). A pair in which either value is
 * `null` is left out.
 */
export function compareInPairs(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
  seed = 1,
): PairedComparison {
  const differences: number[] = []
  let pairs = 0
  for (let index = 0; index < a.length; index++) {
    const left = a[index] ?? null
    const right = b[index] ?? null
    if (left === null || right === null) continue
    pairs++
    // A pair without difference adds nothing under either sign.
    if (left !== right) differences.push(right - left)
  }
  if (pairs === 0) return { difference: null, pValue: 1, pairs }
  const observed = differences.reduce((sum, value) => sum + value, 0)
  return { difference: observed / pairs, pValue: signFlipProbability(differences, observed, seed), pairs }
}

function signFlipProbability(differences: readonly number[], observed: number, seed: number): number {
  // Sums of equal size must count as equal in spite of rounding.
  const bound = Math.abs(observed) - 1e-9
  if (differences.length <= EXACT_PAIRS) {
    const patterns = 2 ** differences.length
    let extreme = 0
    for (let pattern = 0; pattern < patterns; pattern++) {
      let sum = 0
      for (const [bit, value] of differences.entries()) sum += (pattern >> bit) & 1 ? value : -value
      if (Math.abs(sum) >= bound) extreme++
    }
    return extreme / patterns
  }
  const random = seededRandom(seed)
  let extreme = 0
  for (let draw = 0; draw < RANDOMISATIONS; draw++) {
    let sum = 0
    for (const value of differences) sum += random() < 0.5 ? value : -value
    if (Math.abs(sum) >= bound) extreme++
  }
  // The observed pattern is one of those possible, so the estimate is never 0.
  return (extreme + 1) / (RANDOMISATIONS + 1)
}
