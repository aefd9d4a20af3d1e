/** Whether the evidence carries the question: a probability from the features, fitted by `evals/train-refusal.ts`. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type DecisionTree, decisionTreeSchema, sumOfTrees } from './decision-trees.js'
import { refusalFeatures } from './refusal-features.js'
import type { Evidence } from './retrieval.js'

const refusalModelSchema = z.object({
  /** The run that made it: cases, cross-validated area under the curve and operating point. */
  run: z.string(),
  bias: z.number(),
  /** Log-odds of least probability that is answered. */
  threshold: z.number(),
  /** Coefficient per unit of each feature. */
  weights: z.record(z.string(), z.number()),
})
const treesSchema = z.array(decisionTreeSchema)

/** A model of the log-odds that the evidence carries the question. */
export interface RefusalModel extends z.infer<typeof refusalModelSchema> {
  /** What pairs of features say together, on top of the weights. */
  readonly trees: readonly DecisionTree[]
}

const readData = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
const linear = z
  .object({ enriched: refusalModelSchema, plain: refusalModelSchema })
  .parse(readData('refusal.json'))
const forests = z.object({ enriched: treesSchema, plain: treesSchema }).parse(readData('refusal-trees.json'))
const models = {
  enriched: { ...linear.enriched, trees: forests.enriched },
  plain: { ...linear.plain, trees: forests.plain },
}

/** Log-odds under a model that the evidence with these features carries its question. */
export function logOddsOf(
  features: Readonly<Record<string, number>>,
  { bias, weights, trees }: Pick<RefusalModel, 'bias' | 'weights' | 'trees'>,
): number {
  let logOdds = bias + sumOfTrees(trees, features)
  for (const [name, weight] of Object.entries(weights)) logOdds += weight * (features[name] ?? 0)
  return logOdds
}

/** Whether the documents carry a question, and how likely. */
export interface RefusalDecision {
  readonly answers: boolean
  /** Probability that the evidence answers the question, 0..1, where answerable and unanswerable ones are as frequent. */
  readonly probability: number
  readonly features: Readonly<Record<string, number>>
}

/** Decides whether the evidence for a question, or for one part of it, carries an answer. */
export function decide(evidence: Evidence): RefusalDecision {
  const features = refusalFeatures(evidence)
  const [best] = evidence.candidates
  if (!best) return { answers: false, probability: 0, features }
  // A document without enrichment beside enriched ones has no statement to match, and is no worse for it.
  const isEnriched = evidence.candidates.some(
    ({ document, statement }) => document.id === best.document.id && statement !== null,
  )
  const model = isEnriched ? models.enriched : models.plain
  const logOdds = logOddsOf(features, model)
  return { answers: logOdds >= model.threshold, probability: 1 / (1 + Math.exp(-logOdds)), features }
}
