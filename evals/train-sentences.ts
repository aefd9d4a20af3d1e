/**
 * Fits the weights of `server/sentence-choice.ts` and writes `server/sentence-choice.json`: `npx tsx evals/train-sentences.ts`.
 *
 * Trained on questions of the enrichment that are held back from the index (`held-back.ts`), each with the sentences that
 * hold its statement, and on the evaluation cases, each with the sentences that hold its gold quote; in an index with the
 * (other) questions and in one without any.
 * `--dry-run` only prints how often the right sentence comes first, cross-validated by document.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IndexableDocument } from '../ingest/corpus-store.js'
import { openEmbeddedEmbedder } from '../ingest/embedded-embedder.js'
import { quotableSentences } from '../server/orders.js'
import { retrieveParts } from '../server/retrieval.js'
import { SENTENCE_FEATURES, sentenceFeatures } from '../server/sentence-choice.js'
import { holdBack } from './held-back.js'
import {
  type Collection,
  collectCases,
  readSources,
  readTrainingCases,
  searchableIndex,
} from './train-collections.js'
import { type Choice, fitChoices } from './train-model.js'

const SEEDS = join(import.meta.dirname, '..', 'seeds')
const OUTPUT = join(import.meta.dirname, '..', 'server', 'sentence-choice.json')
const HELD_BACK = { folds: 5, count: 600 }
/** Weight of a choice without enrichment beside one with it. */
const PLAIN_WEIGHT = 0.5
/** What an evaluation case counts beside a question of the enrichment. */
const CASE_WEIGHT = 2
const REGULARIZATION = 0.001
const CANDIDATES = 20
/** Share of a sentence or of the statement in it from which the sentence is right. */
const LEAST_SHARED = 0.5

interface Example extends Choice {
  readonly document: string
  readonly isCase: boolean
}

/** Quotes of the statements by the questions written for them. */
function quotesByQuestion(documents: readonly IndexableDocument[]): ReadonlyMap<string, string> {
  return new Map(
    documents
      .flatMap(({ enrichment }) => enrichment.flatMap(({ statements }) => statements))
      .flatMap(({ quote, questions }) => questions.map(question => [question, quote] as const)),
  )
}

/** Quotes that answer each case of a single question, by its id. */
async function quotesByCase(): Promise<ReadonlyMap<string, readonly string[]>> {
  const cases = await readTrainingCases()
  return new Map(
    cases
      .filter(({ expect, question, tags }) => expect === 'answer' && question && !tags.includes('seen'))
      .map(({ id, gold, alternatives }) => [id, [...gold, ...alternatives]] as const),
  )
}

/** The questions of a collection whose right paragraph is found, each with the sentences that hold one of its quotes. */
async function choices(
  collection: Collection,
  quotesOf: (id: string) => readonly string[],
  weight: number,
  isCase: boolean,
): Promise<Example[]> {
  const embedder = openEmbeddedEmbedder()
  const examples: Example[] = []
  for (const { id, turns, right, group } of collection.questions) {
    const [evidence] = await retrieveParts(
      searchableIndex(collection),
      embedder,
      turns.at(-1) ?? '',
      [],
      CANDIDATES,
    )
    const candidate = evidence?.candidates.find(({ paragraph }) => right.has(paragraph.id))
    if (!evidence || !candidate) continue
    const { text } = candidate.paragraph
    const places = quotesOf(id)
      .map(quote => quote.replace(/\s+/g, ' ').trim())
      .map(quote => ({ start: text.indexOf(quote), length: quote.length }))
      .filter(({ start }) => start >= 0)
    const sentences = quotableSentences(candidate.paragraph)
    const holding = [...sentences.keys()].filter(at => {
      const sentence = sentences[at] as (typeof sentences)[number]
      return places.some(({ start, length }) => {
        const shared = Math.min(sentence.end, start + length) - Math.max(sentence.start, start)
        return shared > LEAST_SHARED * Math.min(sentence.end - sentence.start, length)
      })
    })
    if (holding.length === 0 || holding.length === sentences.length) continue
    const features = sentenceFeatures(sentences, evidence, candidate, word =>
      collection.search.inverseDocumentFrequency(word),
    )
    examples.push({
      options: features.map(each => Float64Array.from(SENTENCE_FEATURES, name => each[name])),
      right: holding,
      weight,
      document: group,
      isCase,
    })
  }
  return examples
}

async function collect(enrichment: boolean): Promise<Example[]> {
  const documents = await readSources(SEEDS, true)
  const weight = enrichment ? 1 : PLAIN_WEIGHT
  const examples: Example[] = []
  const quotes = quotesByQuestion(documents)
  for await (const collection of holdBack(documents, { ...HELD_BACK, enrichment }))
    examples.push(...(await choices(collection, id => [quotes.get(id) ?? ''], weight, false)))
  const byCase = await quotesByCase()
  const cases = (await readTrainingCases()).filter(({ id }) => byCase.has(id))
  const collection = await collectCases('cases', await readSources(SEEDS, enrichment), cases)
  examples.push(...(await choices(collection, id => byCase.get(id) ?? [], weight * CASE_WEIGHT, true)))
  return examples
}

const fit = (examples: readonly Example[]) =>
  fitChoices(examples, { dimensions: SENTENCE_FEATURES.length, regularization: REGULARIZATION })

/** Share of the choices whose likeliest option is right. */
function shareRight(examples: readonly Example[], weights: Float64Array): number {
  const right = examples.filter(({ options, right }) => {
    const scores = options.map(option =>
      option.reduce((sum, value, at) => sum + value * (weights[at] as number), 0),
    )
    return right.includes(scores.indexOf(Math.max(...scores)))
  })
  return right.length / examples.length
}

function crossValidated(examples: readonly Example[], tested: readonly Example[]): number {
  const documents = [...new Set(tested.map(({ document }) => document))]
  const right = documents.map(left => {
    const weights = fit(examples.filter(({ document }) => document !== left))
    const own = tested.filter(({ document }) => document === left)
    return shareRight(own, weights) * own.length
  })
  return right.reduce((sum, each) => sum + each, 0) / tested.length
}

const enriched = await collect(true)
const plain = await collect(false)
const all = [...enriched, ...plain]
const describe = (tested: readonly Example[]) =>
  [false, true]
    .map(isCase => {
      const some = tested.filter(example => example.isCase === isCase)
      const share = (100 * crossValidated(all, some)).toFixed(1)
      return `${share} % of ${some.length} ${isCase ? 'evaluation cases' : 'questions of the enrichment'}`
    })
    .join(' and ')
const run = [
  `npx tsx evals/train-sentences.ts: right sentence first, cross-validated by document:`,
  `${describe(enriched)} with enrichment, ${describe(plain)} without`,
].join(' ')
const weights = fit(all)
const byName = Object.fromEntries(
  SENTENCE_FEATURES.map((name, at) => [name, Number((weights[at] as number).toFixed(2))]),
)
console.log(run)
console.log(byName)
if (!process.argv.includes('--dry-run'))
  await writeFile(OUTPUT, `${JSON.stringify({ run, weights: byName }, null, 2)}\n`)
