/**
 * Fits the models of `server/refusal.ts` and writes `server/refusal.json`: `npx tsx evals/train-refusal.ts`.
 *
 * Trained on the evaluation cases, on questions written for it (`refusal/questions.jsonl`) and on questions of the enrichment
 * that are held back from the index or robbed of their paragraph (`held-back.ts`). The threshold is where cross-validation
 * wrongly refuses the allowed share of answerable cases.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { openEmbeddedEmbedder } from '../ingest/embedded-embedder.js'
import { openEmbedder } from '../ingest/embeddings.js'
import { openIndex } from '../ingest/paragraph-index.js'
import { cleanQuestion, indexFolder } from '../server/assistant.js'
import { bringIndexUpToDate } from '../server/commands/index-up-to-date.js'
import { readConfiguration } from '../server/configuration.js'
import type { RefusalModel } from '../server/refusal.js'
import { refusalFeatures } from '../server/refusal-features.js'
import { understandRequest } from '../server/request.js'
import { retrieveParts } from '../server/retrieval.js'
import { readCases } from './case.js'
import { holdBack } from './held-back.js'
import { readSources, searchableIndex } from './train-collections.js'
import { type Example, fitExamples, scoreOf } from './train-model.js'

const CASES = join(import.meta.dirname, 'cases')
const SEEDS = join(import.meta.dirname, '..', 'seeds')
const DEVELOPMENT_FILE = 'dev.jsonl'
const CASE_FILES = [
  DEVELOPMENT_FILE,
  'answerable.jsonl',
  'answerable-2.jsonl',
  'unanswerable.jsonl',
  'attacks.jsonl',
]
const QUESTIONS = join(import.meta.dirname, 'refusal', 'questions.jsonl')
const FOLDS = 8
/** Share of answerable cases that may be refused; below the aim of 4 %, because other cases are refused a little more often. */
const ALLOWED_FALSE_REFUSALS = 0.03
/** Share of the weight that the questions of the enrichment have beside our own cases. */
const HELD_BACK_SHARE = 0.3
const HELD_BACK = { folds: 6, count: 400 }
const REGULARIZATION = 0.01
const CANDIDATES = 30

interface Row {
  readonly answerable: boolean
  /** Features of each part of the question: it is answered when one part is. */
  readonly parts: readonly Readonly<Record<string, number>>[]
}

/** A question that stands by itself, and whether the seeds answer it. */
const questionSchema = z.strictObject({
  question: z.string().min(1),
  answerable: z.boolean(),
  /** How it was made: `near-domain`, `lay` and so on. */
  kind: z.string(),
})

interface Asked {
  readonly turns: readonly string[]
  readonly answerable: boolean
}

async function readAskedCases(files: readonly string[]): Promise<Asked[]> {
  const cases = await readCases(files.map(file => join(CASES, file)))
  return cases
    .filter(({ hiddenDocument }) => !hiddenDocument)
    .map(({ turns, question = '', expect }) => ({
      turns: turns ?? [question],
      answerable: expect === 'answer',
    }))
}

async function readQuestions(): Promise<Asked[]> {
  const lines = (await readFile(QUESTIONS, 'utf8')).split('\n').filter(line => line.trim() !== '')
  return lines.map(line => {
    const { question, answerable } = questionSchema.parse(JSON.parse(line))
    return { turns: [question], answerable }
  })
}

/** Features of questions as a visitor asks them; those that are declined before any search are left out. */
async function collect(asked: readonly Asked[], enrichment: boolean): Promise<Row[]> {
  const configuration = readConfiguration()
  await bringIndexUpToDate(configuration, { enrichment })
  const embedder = await openEmbedder(configuration)
  const index = await openIndex(indexFolder(configuration, { enrichment }), embedder)
  const rows: Row[] = []
  for (const { turns, answerable } of asked) {
    const history = turns.slice(0, -1).map(question => ({ question, documentId: null }))
    const request = understandRequest(cleanQuestion(turns.at(-1) ?? ''), history.length > 0)
    if (request.refusal !== null) continue
    const parts = await retrieveParts(index, embedder, request.question, history, CANDIDATES)
    rows.push({ answerable, parts: parts.map(refusalFeatures) })
  }
  await index.close()
  return rows
}

async function collectHeldBack(enrichment: boolean): Promise<Row[]> {
  const embedder = openEmbeddedEmbedder()
  const rows: Row[] = []
  for await (const collection of holdBack(await readSources(SEEDS, true), { ...HELD_BACK, enrichment }))
    for (const { turns, right } of collection.questions) {
      const index = searchableIndex(collection)
      const parts = await retrieveParts(index, embedder, turns.at(-1) ?? '', [], CANDIDATES)
      rows.push({ answerable: right.size > 0, parts: parts.map(refusalFeatures) })
    }
  return rows
}

interface Scale {
  readonly names: readonly string[]
  readonly means: readonly number[]
  readonly deviations: readonly number[]
}

/** Features on the scale of one set of ranking weights: a document without enrichment is ranked under either set. */
const SCALE_BOUND = new Set(['score', 'margin'])

function scaleOf(rows: readonly Row[], enrichment: boolean): Scale {
  const all = rows.flatMap(({ parts }) => parts)
  const names = [...new Set(all.flatMap(part => Object.keys(part)))]
    .filter(name => enrichment || !SCALE_BOUND.has(name))
    .sort()
  const means = names.map(name => all.reduce((sum, part) => sum + (part[name] ?? 0), 0) / all.length)
  const deviations = names.map((name, at) => {
    const variance =
      all.reduce((sum, part) => sum + ((part[name] ?? 0) - (means[at] as number)) ** 2, 0) / all.length
    return Math.sqrt(variance) || 1
  })
  return { names, means, deviations }
}

const vectorOf = (part: Readonly<Record<string, number>>, { names, means, deviations }: Scale) =>
  Float64Array.from([
    ...names.map((name, at) => ((part[name] ?? 0) - (means[at] as number)) / (deviations[at] as number)),
    1,
  ])

/** Examples of which answerable and unanswerable ones weigh the same. */
function examplesOf(rows: readonly Row[], scale: Scale, weight: number): Example[] {
  const parts = rows.flatMap(({ parts, answerable }) => parts.map(part => ({ part, answerable })))
  const positives = parts.filter(({ answerable }) => answerable).length
  return parts.map(({ part, answerable }) => ({
    features: vectorOf(part, scale),
    positive: answerable,
    weight: (weight * 0.5) / (answerable ? positives : parts.length - positives),
  }))
}

function fitModel(rows: readonly Row[], heldBack: readonly Row[], scale: Scale): Float64Array {
  const examples = [
    ...examplesOf(rows, scale, 1 - HELD_BACK_SHARE),
    ...examplesOf(heldBack, scale, HELD_BACK_SHARE),
  ]
  return fitExamples(examples, { dimensions: scale.names.length + 1, regularization: REGULARIZATION })
}

const scoreRow = (row: Row, scale: Scale, coefficients: Float64Array) =>
  Math.max(...row.parts.map(part => scoreOf(vectorOf(part, scale), coefficients)))

interface Scored {
  readonly answerable: boolean
  readonly score: number
}

/** Probability that an answerable question scores above an unanswerable one (Hanley and McNeil 1982). */
function areaUnderCurve(scored: readonly Scored[]): number {
  const positives = scored.filter(({ answerable }) => answerable)
  const negatives = scored.filter(({ answerable }) => !answerable)
  let above = 0
  for (const { score } of positives)
    for (const other of negatives) above += score > other.score ? 1 : score === other.score ? 0.5 : 0
  return above / (positives.length * negatives.length)
}

function describe(scored: readonly Scored[], threshold: number): string {
  const rate = (answerable: boolean) => {
    const those = scored.filter(each => each.answerable === answerable)
    return ((100 * those.filter(({ score }) => score < threshold).length) / those.length).toFixed(1)
  }
  return `area under the curve ${areaUnderCurve(scored).toFixed(3)}, unanswerable refused ${rate(false)} %, answerable refused ${rate(true)} % of ${scored.length}`
}

async function train(name: string, enrichment: boolean): Promise<RefusalModel> {
  const development = await collect(await readAskedCases([DEVELOPMENT_FILE]), enrichment)
  const cases = await collect(await readAskedCases(CASE_FILES), enrichment)
  const rows = [...cases, ...(await collect(await readQuestions(), enrichment))]
  const heldBack = await collectHeldBack(enrichment)
  const scored = rows.map(({ answerable }) => ({ answerable, score: 0 }))
  for (let fold = 0; fold < FOLDS; fold++) {
    const training = rows.filter((_, at) => at % FOLDS !== fold)
    const scale = scaleOf(training, enrichment)
    const coefficients = fitModel(training, heldBack, scale)
    for (const [at, row] of rows.entries())
      if (at % FOLDS === fold) (scored[at] as { score: number }).score = scoreRow(row, scale, coefficients)
  }
  const scale = scaleOf(rows, enrichment)
  const coefficients = fitModel(rows, heldBack, scale)
  // The questions written for training are shorter and plainer than those of the cases: they do not set the threshold.
  const ofCases = scored.slice(0, cases.length)
  const answerable = ofCases
    .flatMap(({ answerable, score }) => (answerable ? [score] : []))
    .sort((a, b) => a - b)
  const threshold = answerable[Math.floor(ALLOWED_FALSE_REFUSALS * answerable.length)] as number
  const ofDevelopment = scored.slice(0, development.length)
  const run = `${FOLDS}-fold: ${describe(scored, threshold)}; of these, evaluation cases: ${describe(ofCases, threshold)}; of these, ${DEVELOPMENT_FILE}: ${describe(ofDevelopment, threshold)}`
  console.log(`${name}: ${run}`)
  const perUnit = scale.names.map((_, at) => (coefficients[at] as number) / (scale.deviations[at] as number))
  const bias = perUnit.reduce(
    (sum, weight, at) => sum - weight * (scale.means[at] as number),
    coefficients.at(-1) as number,
  )
  const round = (value: number) => Number(value.toFixed(4))
  return {
    run,
    bias: round(bias),
    threshold: round(threshold),
    weights: Object.fromEntries(scale.names.map((each, at) => [each, round(perUnit[at] as number)])),
  }
}

const target = join(import.meta.dirname, '..', 'server', 'refusal.json')
const models = { enriched: await train('enriched', true), plain: await train('plain', false) }
await writeFile(target, `${JSON.stringify(models, null, 2)}\n`)
console.log(`Written to server/refusal.json (${(await readFile(target)).length} bytes).`)
