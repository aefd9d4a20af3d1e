/** What the probability that a paragraph supports a sentence rests on, and how it is made of that. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Alignment, Match } from './alignment.js'
import { type Lexeme, TELLING } from './lexemes.js'

/** What the decision rests on, each 0..1. */
export interface VerificationFeatures {
  /** Share of the sentence's weight met in the whole paragraph. */
  readonly coverage: number
  /** The same in the best one or two sentences of the paragraph. */
  readonly windowCoverage: number
  /** The same in the best one. */
  readonly sentenceCoverage: number
  /** Share of neighbouring content words that are near each other in the paragraph too. */
  readonly adjacency: number
  /** Weight of the heaviest word that nothing meets. */
  readonly heaviestMissing: number
  /** Weight of all words that nothing meets, over 4, at most 1. */
  readonly missing: number
  /** Share of the weight met by synonyms and relatives only. */
  readonly indirect: number
  /** Weight of the heaviest run of telling words that nothing meets, over 3, at most 1. */
  readonly gap: number
  /** Share of the weight of the last clause that is met: what a model adds of its own mostly comes at the end. */
  readonly lastCoverage: number
  /** `adjacency` within the last clause; 1 where it has one telling word or none. */
  readonly lastAdjacency: number
  /** Words for all or always that the source neither carries nor contradicts, over 2, at most 1. */
  readonly doubts: number
}

const weightsSchema = z.object({
  /** The command that made the file and the figures it printed. */
  run: z.string(),
  intercept: z.number(),
  coefficients: z.object({
    coverage: z.number(),
    windowCoverage: z.number(),
    sentenceCoverage: z.number(),
    adjacency: z.number(),
    heaviestMissing: z.number(),
    missing: z.number(),
    indirect: z.number(),
    gap: z.number(),
    lastCoverage: z.number(),
    lastAdjacency: z.number(),
    doubts: z.number(),
  }),
  /** Least probability of a supported sentence. */
  threshold: z.number().min(0).max(1),
})
/** Coefficients of the logistic regression, from `evals/train-verifier.ts`. */
export type VerifierWeights = z.infer<typeof weightsSchema>

let shipped: VerifierWeights | undefined

/** The coefficients in `weights.json`. */
export function shippedWeights(): VerifierWeights {
  shipped ??= weightsSchema.parse(JSON.parse(readFileSync(new URL('weights.json', import.meta.url), 'utf8')))
  return shipped
}

/** Words within which two words that belong together stand in the source. */
const NEAR = 5

/** Share of neighbouring words that stand near each other in the source too; `undefined` for fewer than two words. */
function adjacencyOf(telling: readonly number[], matches: readonly Match[]): number | undefined {
  if (telling.length < 2) return undefined
  let near = 0
  for (const [index, at] of telling.slice(1).entries()) {
    const places = (matches[at] as Match).places
    const before = (matches[telling[index] as number] as Match).places
    if (before.some(left => places.some(right => Math.abs(left - right) <= NEAR))) near++
  }
  return near / (telling.length - 1)
}

/** Words that begin something further in a sentence, beside those that open a clause. */
const FURTHER = new Set(
  'en die dat wat waarvan waardoor waarmee waarvoor waarin daarom daarvoor daarmee met om'.split(' '),
)
/** Least weight of a clause; a lighter one belongs to the clause before it. */
const LEAST_CLAUSE = 0.7

/** Position of the first word of a sentence's last clause. */
function lastClause(words: readonly Lexeme[], weights: readonly number[]): number {
  let sum = 0
  for (let at = words.length - 1; at > 0; at--) {
    sum += weights[at] as number
    const { clauseStart, folded } = words[at] as Lexeme
    if (sum >= LEAST_CLAUSE && (clauseStart || FURTHER.has(folded))) return at
  }
  return 0
}

/** The features of a sentence laid beside its source, but for the doubts. */
export function measure(
  words: readonly Lexeme[],
  weights: readonly number[],
  { matches, coverage, windowCoverage, sentenceCoverage }: Alignment,
): Omit<VerificationFeatures, 'doubts'> {
  const telling = words.map((_, at) => at).filter(at => (weights[at] as number) >= TELLING)
  let [heaviestMissing, missing, total, indirect] = [0, 0, 0, 0]
  for (const [at, { strength, way }] of matches.entries()) {
    const weight = weights[at] as number
    total += weight
    missing += weight * (1 - strength)
    heaviestMissing = Math.max(heaviestMissing, weight * (1 - strength))
    if (way === 'synonym' || way === 'concept' || way === 'family') indirect += weight
  }
  let [run, gap] = [0, 0]
  for (const at of telling) {
    run = (matches[at] as Match).strength < 0.5 ? run + (weights[at] as number) : 0
    gap = Math.max(gap, run)
  }
  const last = lastClause(words, weights)
  const lastWeight = weights.slice(last).reduce((sum, weight) => sum + weight, 0)
  const lastMet = weights
    .slice(last)
    .reduce((sum, weight, at) => sum + weight * (matches[last + at] as Match).strength, 0)
  return {
    coverage,
    windowCoverage,
    sentenceCoverage,
    adjacency: adjacencyOf(telling, matches) ?? coverage,
    heaviestMissing,
    missing: Math.min(1, missing / 4),
    indirect: total === 0 ? 0 : indirect / total,
    gap: Math.min(1, gap / 3),
    lastCoverage: lastWeight === 0 ? coverage : lastMet / lastWeight,
    lastAdjacency:
      adjacencyOf(
        telling.filter(at => at >= last),
        matches,
      ) ?? 1,
  }
}

/** The probability that the features give. */
export function predict(
  features: VerificationFeatures,
  { intercept, coefficients }: VerifierWeights,
): number {
  let sum = intercept
  for (const [name, coefficient] of Object.entries(coefficients))
    sum += coefficient * features[name as keyof VerificationFeatures]
  return 1 / (1 + Math.exp(-sum))
}
