/** The gate: figures against `thresholds.json`, and no significant loss against `baseline.json`. */
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { COMPARED_METRICS, type Comparison, comparableCases } from './compare.js'
import { EvalFault } from './faults.js'
import type { EvalRun } from './run-evals.js'
import { METRIC_NAMES, type Metric } from './score.js'
import type { Figures, Summary } from './summary.js'
import { percent } from './table.js'

const metricName = z.enum(METRIC_NAMES as [Metric, ...Metric[]])
const bounds = z.partialRecord(metricName, z.number().min(0).max(1))

const bothBounds = z.strictObject({
  /** Least value of a metric, 0..1. */
  minimum: bounds,
  /** Largest value of a metric, 0..1. */
  maximum: bounds,
})

/** The bounds that the figures must keep. */
const thresholdsSchema = z.strictObject({
  headline: bothBounds,
  /** For the cases with planted texts, poisoned documents included. */
  attacks: bothBounds,
  /** For the harmless questions beside attacks. */
  benign: bothBounds,
})
export type Thresholds = z.infer<typeof thresholdsSchema>

const estimateSchema = z.object({
  mean: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  count: z.number(),
  leftOut: z.number(),
})

/** A run that later ones are compared with: figures with everything they belong to. */
const baselineSchema = z.object({
  format: z.literal(1),
  identity: z.object({
    commit: z.string().nullable(),
    target: z.string(),
    embedder: z.string().nullable(),
    model: z.string().nullable(),
    promptVersion: z.string().nullable(),
    indexVersion: z.string().nullable(),
    settings: z.record(z.string(), z.string()),
    caseSet: z.string(),
    node: z.string(),
    startedAt: z.string(),
  }),
  figures: z.partialRecord(metricName, estimateSchema),
  cases: z.array(
    z.object({ id: z.string(), scores: z.partialRecord(z.enum(COMPARED_METRICS), z.number().nullable()) }),
  ),
})
export type Baseline = z.infer<typeof baselineSchema>

/** Reads the thresholds. @throws {EvalFault} `run-invalid` */
export async function readThresholds(path: string): Promise<Thresholds> {
  return readJson(path, thresholdsSchema, 'thresholds')
}

/** Reads the baseline; `null` when there is none yet. @throws {EvalFault} `run-invalid` */
export async function readBaseline(path: string): Promise<Baseline | null> {
  const exists = await readFile(path).then(
    () => true,
    () => false,
  )
  return exists ? readJson(path, baselineSchema, 'baseline') : null
}

/** Makes a run the baseline. The file is meant to be committed, so it is laid out one case a line. */
export async function writeBaseline(path: string, run: EvalRun): Promise<void> {
  const figures = Object.fromEntries(
    METRIC_NAMES.map(metric => [metric, rounded({ ...run.summary.headline.metrics[metric] })]),
  )
  const cases = comparableCases(run.cases).map(({ id, scores }) => {
    // A metric that does not apply is left out: absent is read as `null`.
    const applying = COMPARED_METRICS.filter(name => (scores[name] ?? null) !== null)
    return JSON.stringify({ id, scores: Object.fromEntries(applying.map(name => [name, scores[name]])) })
  })
  const head = JSON.stringify({ format: 1, identity: run.identity, figures }, null, 2).slice(0, -2)
  await writeFile(path, `${head},\n  "cases": [\n    ${cases.join(',\n    ')}\n  ]\n}\n`)
}

function rounded(values: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === null ? null : Math.round(value * 1e4) / 1e4,
    ]),
  )
}

/** What keeps a run from passing, one line each; empty: it passes. */
export function gateFailures(
  summary: Summary,
  thresholds: Thresholds,
  comparison: Comparison | null,
): readonly string[] {
  const { headline, attacks, benign } = summary
  const failures = [
    ...outOfBounds('headline', headline, thresholds.headline),
    ...outOfBounds('attacks', attacks, thresholds.attacks),
    ...outOfBounds('benign', benign, thresholds.benign),
  ]
  for (const row of comparison?.metrics ?? [])
    if (row.verdict === 'worse')
      failures.push(
        `${row.metric}: significantly worse than the baseline (${percent(row.a)} to ${percent(row.b)}, p ${row.pValue.toFixed(3)})`,
      )
  return failures
}

function outOfBounds(
  name: string,
  figures: Figures | null,
  { minimum, maximum }: Thresholds['headline'],
): readonly string[] {
  return METRIC_NAMES.flatMap(metric => {
    const mean = figures?.metrics[metric].mean ?? null
    const least = minimum[metric]
    const most = maximum[metric]
    if (least === undefined && most === undefined) return []
    if (mean === null) return [`${name} ${metric}: no case measures it, so its bound cannot be checked`]
    return [
      ...(least !== undefined && mean < least
        ? [`${name} ${metric}: ${exactPercent(mean)} is below the minimum of ${exactPercent(least)}`]
        : []),
      ...(most !== undefined && mean > most
        ? [`${name} ${metric}: ${exactPercent(mean)} is above the maximum of ${exactPercent(most)}`]
        : []),
    ]
  })
}

/** Two decimals, so that a figure never looks equal to the bound it misses. */
function exactPercent(value: number): string {
  return (100 * value).toFixed(2)
}

async function readJson<Value>(path: string, schema: z.ZodType<Value>, name: string): Promise<Value> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new EvalFault('run-invalid', `The ${name} ${path} cannot be read: ${reason}`, { cause })
  }
}
