/** Fitting small linear models: which of several is right, and whether one is right at all. */

/** Options to choose from, of which some are right. */
export interface Choice {
  /** Features of each option. */
  readonly options: readonly Float64Array[]
  /** Positions of the right options; never empty. */
  readonly right: readonly number[]
  /** How much the choice counts. */
  readonly weight: number
}

/** A yes-or-no example. */
export interface Example {
  readonly features: Float64Array
  readonly positive: boolean
  readonly weight: number
}

/** Settings of a fit. */
export interface FitOptions {
  readonly dimensions: number
  /** Strength of the pull towards `prior`. */
  readonly regularization: number
  readonly prior?: Float64Array
  readonly iterations?: number
  /** Lowest value of each coefficient; absent: none. */
  readonly lowest?: Float64Array
}

/** Minimises a function with Adam (Kingma and Ba 2015), whole batches, a falling step. */
function minimize(
  { dimensions, iterations = 400, prior, lowest }: FitOptions,
  gradient: (at: Float64Array, into: Float64Array) => void,
): Float64Array {
  const value = prior ? Float64Array.from(prior) : new Float64Array(dimensions)
  const slope = new Float64Array(dimensions)
  const first = new Float64Array(dimensions)
  const second = new Float64Array(dimensions)
  for (let step = 1; step <= iterations; step++) {
    slope.fill(0)
    gradient(value, slope)
    const rate = 0.5 * (1 - (0.98 * step) / iterations)
    for (let at = 0; at < dimensions; at++) {
      const g = slope[at] as number
      first[at] = 0.9 * (first[at] as number) + 0.1 * g
      second[at] = 0.999 * (second[at] as number) + 0.001 * g * g
      const move = (first[at] as number) / (1 - 0.9 ** step)
      const scale = Math.sqrt((second[at] as number) / (1 - 0.999 ** step)) + 1e-9
      value[at] = Math.max(
        lowest?.[at] ?? Number.NEGATIVE_INFINITY,
        (value[at] as number) - (rate * move) / scale,
      )
    }
  }
  return value
}

const dot = (left: Float64Array, right: Float64Array) => {
  let sum = 0
  for (let at = 0; at < left.length; at++) sum += (left[at] as number) * (right[at] as number)
  return sum
}

/**
 * Coefficients under which the right options are the likeliest (conditional logit, McFadden 1974: the likelihood of a
 * choice is the softmax of the scores, summed over the right options).
 */
export function fitChoices(choices: readonly Choice[], options: FitOptions): Float64Array {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0)
  return minimize(options, (at, into) => {
    for (const { options: candidates, right, weight } of choices) {
      const scores = candidates.map(candidate => dot(candidate, at))
      const most = Math.max(...scores)
      const likelihoods = scores.map(score => Math.exp(score - most))
      const all = likelihoods.reduce((sum, each) => sum + each, 0)
      const good = right.reduce((sum, position) => sum + (likelihoods[position] as number), 0)
      const isRight = new Set(right)
      for (const [position, candidate] of candidates.entries()) {
        const likelihood = likelihoods[position] as number
        const pull = likelihood / all - (isRight.has(position) ? likelihood / good : 0)
        if (Math.abs(pull) < 1e-6) continue
        const factor = (pull * weight) / total
        for (let feature = 0; feature < candidate.length; feature++)
          into[feature] = (into[feature] as number) + factor * (candidate[feature] as number)
      }
    }
    pullBack(at, into, options)
  })
}

/** Coefficients of a logistic regression. */
export function fitExamples(examples: readonly Example[], options: FitOptions): Float64Array {
  const total = examples.reduce((sum, { weight }) => sum + weight, 0)
  return minimize(options, (at, into) => {
    for (const { features, positive, weight } of examples) {
      const probability = 1 / (1 + Math.exp(-dot(features, at)))
      const factor = ((probability - (positive ? 1 : 0)) * weight) / total
      for (let feature = 0; feature < features.length; feature++)
        into[feature] = (into[feature] as number) + factor * (features[feature] as number)
    }
    pullBack(at, into, options)
  })
}

function pullBack(at: Float64Array, into: Float64Array, { regularization, prior }: FitOptions): void {
  for (let feature = 0; feature < at.length; feature++)
    into[feature] =
      (into[feature] as number) + regularization * ((at[feature] as number) - (prior?.[feature] ?? 0))
}

/** Score of features under coefficients. */
export const scoreOf = dot

/**
 * Coefficients of least squares, with a small pull to 0 so that features that say the same leave it solvable.
 *
 * @param rows features of each example
 * @param targets value of each example, in the same order
 */
export function fitLeastSquares(rows: readonly Float64Array[], targets: readonly number[]): Float64Array {
  const size = rows[0]?.length ?? 0
  const matrix = Array.from({ length: size }, (_, at) => {
    const line = new Float64Array(size + 1)
    line[at] = 1e-3
    return line
  })
  for (const [at, row] of rows.entries())
    for (let left = 0; left < size; left++) {
      const line = matrix[left] as Float64Array
      const value = row[left] as number
      for (let right = 0; right < size; right++)
        line[right] = (line[right] as number) + value * (row[right] as number)
      line[size] = (line[size] as number) + value * (targets[at] as number)
    }
  // Gauss-Jordan elimination; the matrix is positive definite, so that no pivot is 0.
  for (let pivot = 0; pivot < size; pivot++) {
    const line = matrix[pivot] as Float64Array
    const scale = line[pivot] as number
    for (let at = 0; at <= size; at++) line[at] = (line[at] as number) / scale
    for (const other of matrix) {
      if (other === line) continue
      const factor = other[pivot] as number
      for (let at = 0; at <= size; at++) other[at] = (other[at] as number) - factor * (line[at] as number)
    }
  }
  return Float64Array.from(matrix, line => line[size] as number)
}
