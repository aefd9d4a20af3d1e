/** Metrics of the decision to refuse, and of the probability behind it. */

/** One decision with the probability behind it. */
export interface Decision {
  /** Probability, 0..1, that the documents answer the question. */
  readonly probability: number
  /** Whether the documents do answer it. */
  readonly answerable: boolean
}

/** One point of the refusal curve: what would happen if everything below the threshold were refused. */
export interface RefusalPoint {
  readonly threshold: number
  /** Share of the unanswerable questions that are refused; higher is better. */
  readonly refusalRecall: number
  /** Share of the answerable questions that are refused; lower is better. */
  readonly falseRefusal: number
}

/** The curve with the area under it. */
export interface RefusalCurve {
  readonly points: readonly RefusalPoint[]
  /** Probability that an answerable question gets the higher probability of two; 0.5 is chance, 1 is perfect. */
  readonly area: number
}

/** One bin of the calibration: do questions with probability 0.8 have an answer in 80 of 100 cases? */
export interface CalibrationBin {
  readonly from: number
  readonly to: number
  readonly count: number
  readonly meanProbability: number | null
  readonly answerable: number | null
}

/** Calibration of the probabilities. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[]
  /** Expected calibration error, 0..1, lower is better (Naeini, Cooper and Hauskrecht, AAAI 2015). */
  readonly expectedError: number
  /** Mean squared error of the probability, 0..1, lower is better (Brier, 1950). */
  readonly brier: number
}

/**
 * The trade-off between refusing what cannot be answered and answering what can: a receiver operating characteristic
 * (Fawcett, "An Introduction to ROC Analysis", 2006), its area by the rank-sum formula with ties counted half. `null`
 * unless both kinds of question occur.
 */
export function refusalCurve(decisions: readonly Decision[]): RefusalCurve | null {
  const answerable = decisions.filter(decision => decision.answerable).map(decision => decision.probability)
  const unanswerable = decisions
    .filter(decision => !decision.answerable)
    .map(decision => decision.probability)
  if (answerable.length === 0 || unanswerable.length === 0) return null
  const thresholds = [
    ...new Set([0, ...decisions.map(decision => decision.probability), Number.POSITIVE_INFINITY]),
  ]
  const points = thresholds
    .sort((left, right) => left - right)
    .map(threshold => ({
      threshold,
      refusalRecall: shareBelow(unanswerable, threshold),
      falseRefusal: shareBelow(answerable, threshold),
    }))
  let wins = 0
  for (const high of answerable)
    for (const low of unanswerable) wins += high > low ? 1 : high === low ? 0.5 : 0
  return { points, area: wins / (answerable.length * unanswerable.length) }
}

/** Reliability of the probabilities in ten equal bins; `null` without decisions. */
export function calibration(decisions: readonly Decision[], binCount = 10): Calibration | null {
  if (decisions.length === 0) return null
  const bins: CalibrationBin[] = []
  let weighted = 0
  for (let index = 0; index < binCount; index++) {
    const members = decisions.filter(
      ({ probability }) => Math.min(binCount - 1, Math.floor(probability * binCount)) === index,
    )
    const count = members.length
    const meanProbability =
      count === 0 ? null : members.reduce((sum, member) => sum + member.probability, 0) / count
    const answerable = count === 0 ? null : members.filter(member => member.answerable).length / count
    if (meanProbability !== null && answerable !== null)
      weighted += count * Math.abs(meanProbability - answerable)
    bins.push({ from: index / binCount, to: (index + 1) / binCount, count, meanProbability, answerable })
  }
  const brier =
    decisions.reduce(
      (sum, { probability, answerable }) => sum + (probability - (answerable ? 1 : 0)) ** 2,
      0,
    ) / decisions.length
  return { bins, expectedError: weighted / decisions.length, brier }
}

function shareBelow(values: readonly number[], threshold: number): number {
  return values.filter(value => value < threshold).length / values.length
}
