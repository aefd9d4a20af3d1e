/**
 * Fits the weights of `server/ranking.json`: `npx tsx evals/train.ts [--beir <folder>]... [--dry-run]`.
 *
 * Two sets are fitted: one for an index with enrichment, on the evaluation cases over the seeds and on questions of the
 * enrichment that are held back from the index; one for an index without, on the same cases without enrichment and on data
 * sets in BEIR format (`evals/beir/build.ts` makes two). What is printed is cross-validated: a case is ranked by weights
 * fitted without the cases of its document, a question of a data set by weights fitted without its half of the set.
 */
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbeddedEmbedder } from '../ingest/embedded-embedder.js'
import { FEATURES, type FeatureName } from '../ingest/features.js'
import { ENRICHMENT_FEATURES, type ExpectedEnrichment, type FeatureWeights } from '../ingest/search.js'
import { RANKING_WEIGHTS, type RankingWeights, retrieve } from '../server/retrieval.js'
import { readBeir } from './beir.js'
import type { LocatedCase } from './case.js'
import { holdBack } from './held-back.js'
import { ndcgAt } from './metrics/ranking.js'
import {
  answerEarlier,
  type Collection,
  collectBeir,
  collectCases,
  readSources,
  readTrainingCases,
  searchableIndex,
} from './train-collections.js'
import { type Choice, fitChoices, fitLeastSquares, scoreOf } from './train-model.js'

const SEEDS = join(import.meta.dirname, '..', 'seeds')
const RANKING_FILE = join(import.meta.dirname, '..', 'server', 'ranking.json')
/** Candidates of a question that take part in the fit. */
const CANDIDATES = 150
/** Strength of the pull of all weights towards 0; of 0.0001 to 0.003 the best on both kinds of index. */
const REGULARIZATION = 0.001
const ITERATIONS = 250
/** Questions of the enrichment that are held back from the index, and what each counts beside a case. */
const HELD_BACK = { folds: 6, count: 300 }
const HELD_BACK_WEIGHT = 0.15

/** A question with the features of its candidates. */
export interface Ranked extends Choice {
  readonly id: string
  readonly group: string
  readonly kind: string
  readonly rightCount: number
}

const featureArray = (features: Readonly<Record<string, number>>) =>
  Float64Array.from(FEATURES, name => features[name] ?? 0)

const toWeights = (fitted: Float64Array): FeatureWeights =>
  Object.fromEntries(FEATURES.map((name, at) => [name, Number((fitted[at] as number).toFixed(4))]))

/** Searches every question of a collection and keeps the features of its candidates. */
export async function rankCollection(
  collection: Collection,
  weights: RankingWeights = RANKING_WEIGHTS,
): Promise<Ranked[]> {
  const embedder = openEmbeddedEmbedder()
  const index = searchableIndex(collection)
  const ranked: Ranked[] = []
  for (const { id, group, kind, turns, right } of collection.questions) {
    const history = await answerEarlier(index, embedder, turns.slice(0, -1), weights)
    const { candidates } = await retrieve(index, embedder, turns.at(-1) ?? '', history, CANDIDATES, weights)
    ranked.push({
      id,
      group,
      kind,
      rightCount: right.size,
      options: candidates.map(({ features }) => featureArray(features)),
      right: candidates.flatMap(({ paragraph }, at) => (right.has(paragraph.id) ? [at] : [])),
      weight: 1,
    })
  }
  return ranked
}

/** Fits weights to questions whose right paragraph is among the candidates. */
export function fitRanking(questions: readonly Ranked[], mask: readonly boolean[] = []): Float64Array {
  const masked = (options: readonly Float64Array[]) =>
    mask.length === 0 ? options : options.map(option => option.map((value, at) => (mask[at] ? value : 0)))
  return fitChoices(
    questions
      .filter(({ right }) => right.length > 0)
      .map(({ options, right, weight }) => ({ options: masked(options), right, weight })),
    { dimensions: FEATURES.length, regularization: REGULARIZATION, iterations: ITERATIONS },
  )
}

/** Rank of the first right candidate from 1, and the nDCG@10, under weights. */
export function rankUnder(
  { options, right, rightCount }: Ranked,
  weights: Float64Array,
): { rank: number; ndcg: number } {
  const scores = options.map(option => scoreOf(option, weights))
  const order = [...scores.keys()].sort((left, next) => (scores[next] as number) - (scores[left] as number))
  const isRight = new Set(right)
  const gains = order.map(at => (isRight.has(at) ? 1 : 0))
  const first = gains.indexOf(1)
  return {
    rank: first < 0 ? Number.POSITIVE_INFINITY : first + 1,
    ndcg: ndcgAt(gains, new Array<number>(rightCount).fill(1), 10) ?? 0,
  }
}

/** Shares of questions with the right paragraph first and among five, and the mean nDCG@10. */
export interface RankingFigures {
  readonly count: number
  readonly first: number
  readonly five: number
  readonly ndcg: number
}

/** Figures of ranked questions. */
export function figuresOf(
  results: readonly { readonly rank: number; readonly ndcg: number }[],
): RankingFigures {
  const count = results.length
  const share = (holds: (rank: number) => boolean) => results.filter(({ rank }) => holds(rank)).length / count
  return {
    count,
    first: share(rank => rank === 1),
    five: share(rank => rank <= 5),
    ndcg: results.reduce((sum, { ndcg }) => sum + ndcg, 0) / count,
  }
}

/** Ranks each question by weights fitted without its fold. */
export function crossValidate(
  questions: readonly Ranked[],
  foldOf: (question: Ranked, at: number) => string,
  also: readonly Ranked[],
  mask: readonly boolean[] = [],
): { question: Ranked; rank: number; ndcg: number }[] {
  const folds = questions.map(foldOf)
  const fitted = new Map<string, Float64Array>()
  for (const fold of new Set(folds))
    fitted.set(fold, fitRanking([...questions.filter((_, at) => folds[at] !== fold), ...also], mask))
  return questions.map((question, at) => ({
    question,
    ...rankUnder(question, fitted.get(folds[at] as string) as Float64Array),
  }))
}

const percent = (share: number) => (100 * share).toFixed(1).padStart(5)

function printFigures(
  name: string,
  results: readonly { question: Ranked; rank: number; ndcg: number }[],
): RankingFigures {
  const figures = figuresOf(results)
  console.log(
    `${name.padEnd(26)} ${String(figures.count).padStart(4)}  first ${percent(figures.first)}  five ${percent(figures.five)}  nDCG@10 ${percent(figures.ndcg)}`,
  )
  return figures
}

function printByKind(
  name: string,
  results: readonly { question: Ranked; rank: number; ndcg: number }[],
): RankingFigures {
  const figures = printFigures(name, results)
  const names = [...new Set(results.map(({ question }) => question.kind))]
  for (const kind of names)
    printFigures(
      `  ${kind}`,
      results.filter(({ question }) => question.kind === kind),
    )
  printFigures(
    '  (dev.jsonl)',
    results.filter(({ question }) => question.id.startsWith('dev-')),
  )
  return figures
}

/** The collections over the seeds, with and without enrichment. */
export async function collectSeeds(enriched: boolean): Promise<Collection> {
  const name = enriched ? 'seeds with enrichment' : 'seeds'
  return collectCases(name, await readSources(SEEDS, enriched), await readSeedCases())
}

async function readSeedCases(): Promise<LocatedCase[]> {
  const cases = await readTrainingCases()
  return cases.filter(
    ({ expect, group, tags }) => expect === 'answer' && group !== 'adversarial' && !tags.includes('seen'),
  )
}

/** First candidates from which the scores under both sets of weights are compared: where it is decided what comes first. */
const COMPARED = 5

/**
 * What the enrichment features are expected to add to the score of a paragraph without any, so that such paragraphs are
 * ordered by the weights for an index without enrichment, on the scale of the weights for one with it.
 *
 * @param questions ranked with enrichment
 */
export function fitExpectedEnrichment(
  questions: readonly Ranked[],
  enriched: FeatureWeights,
  plain: FeatureWeights,
): ExpectedEnrichment {
  const ofText = FEATURES.filter(name => !ENRICHMENT_FEATURES.has(name))
  const scoreBy = (option: Float64Array, names: readonly FeatureName[], weights: FeatureWeights) =>
    names.reduce((sum, name) => sum + (weights[name] ?? 0) * (option[FEATURES.indexOf(name)] as number), 0)
  const options = questions.flatMap(question => question.options.slice(0, COMPARED))
  const [slope = 0, bias = 0] = fitLeastSquares(
    options.map(option => Float64Array.of(scoreBy(option, ofText, plain), 1)),
    options.map(option => scoreBy(option, FEATURES, enriched)),
  )
  const round = (value: number) => Number(value.toFixed(4))
  return {
    bias: round(bias),
    weights: Object.fromEntries(
      ofText.map(name => [name, round(slope * (plain[name] ?? 0) - (enriched[name] ?? 0))]),
    ),
  }
}

/** Questions of the enrichment, asked of an index that lacks them. */
async function rankHeldBack(): Promise<Ranked[]> {
  const ranked: Ranked[] = []
  for await (const collection of holdBack(await readSources(SEEDS, true), {
    ...HELD_BACK,
    enrichment: true,
  })) {
    const questions = collection.questions.filter(({ right }) => right.size > 0)
    ranked.push(...(await rankCollection({ ...collection, questions })))
  }
  return ranked.map(question => ({ ...question, weight: HELD_BACK_WEIGHT }))
}

/** Share of the questions about each document that find it first when that document alone has no enrichment. */
async function printMixed(weights: RankingWeights): Promise<void> {
  const documents = await readSources(SEEDS, true)
  const results: { question: Ranked; rank: number; ndcg: number }[] = []
  for (const bare of documents) {
    const cases = await readSeedCases()
    const own = cases.filter(evalCase => evalCase.documents.every(file => file === bare.document.file))
    const mixed = documents.map(each => (each === bare ? { ...each, enrichment: [] } : each))
    const ranked = await rankCollection(await collectCases('mixed', mixed, own), weights)
    // The candidates stand in the order of their scores already.
    for (const question of ranked) {
      const rank = 1 + Math.min(...question.right, Number.POSITIVE_INFINITY)
      results.push({ question, rank, ndcg: 0 })
    }
  }
  printFigures('bare among enriched', results)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      beir: { type: 'string', multiple: true, default: [] },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  const enriched = await rankCollection(await collectSeeds(true))
  const heldBack = await rankHeldBack()
  const plain = await rankCollection(await collectSeeds(false))
  const sets: Ranked[][] = []
  for (const folder of values.beir)
    sets.push(await rankCollection(await collectBeir(basename(folder), await readBeir(folder))))
  const byDocument = ({ group }: Ranked) => group
  const withEnrichment = printByKind('with enrichment', crossValidate(enriched, byDocument, heldBack))
  const without = printByKind('without enrichment', crossValidate(plain, byDocument, sets.flat()))
  for (const [number, set] of sets.entries()) {
    const others = [...plain, ...sets.filter((_, at) => at !== number).flat()]
    printFigures(
      basename(values.beir[number] ?? ''),
      crossValidate(set, (_, at) => String(at % 2), others),
    )
  }
  if (values['dry-run']) return
  const describe = ({ count, first, five }: RankingFigures) =>
    `${count} cases, cross-validated by document: first ${percent(first).trim()} %, five ${percent(five).trim()} %`
  const enrichedWeights = toWeights(fitRanking([...enriched, ...heldBack]))
  const plainWeights = toWeights(fitRanking([...plain, ...sets.flat()]))
  const ranking = {
    run: `evals/train.ts on ${new Date().toISOString().slice(0, 10)}; with enrichment ${describe(withEnrichment)}; without ${describe(without)}, fitted with ${sets.length} data sets of law questions`,
    enriched: enrichedWeights,
    plain: plainWeights,
    expectedEnrichment: fitExpectedEnrichment(enriched, enrichedWeights, plainWeights),
  }
  await printMixed(ranking)
  await writeFile(RANKING_FILE, `${JSON.stringify(ranking, null, 2)}\n`)
}

if (process.argv[1] === import.meta.filename) await main()
