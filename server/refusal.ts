/** Whether the evidence carries the question: a probability from the features, fitted by `evals/train-refusal.ts`. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { refusalFeatures } from './refusal-features.js'
import type { Evidence } from './retrieval.js'

const linearModelSchema = z.object({
  /** The run that made it: cases, cross-validated area under the curve and operating point. */
  run: z.string(),
  bias: z.number(),
  /** Log-odds of least probability that is answered. */
  threshold: z.number(),
  /** Coefficient per unit of each feature. */
  weights: z.record(z.string(), z.number()),
})
/** A linear model of the log-odds that the evidence carries the question. */
export type RefusalModel = z.infer<typeof linearModelSchema>

const models = z
  .object({ enriched: linearModelSchema, plain: linearModelSchema })
  .parse(JSON.parse(readFileSync(new URL('refusal.json', import.meta.url), 'utf8')))

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
  const { bias, weights, threshold } = isEnriched ? models.enriched : models.plain
  let logOdds = bias
  for (const [name, weight] of Object.entries(weights)) logOdds += weight * (features[name] ?? 0)
  return { answers: logOdds >= threshold, probability: 1 / (1 + Math.exp(-logOdds)), features }
}
