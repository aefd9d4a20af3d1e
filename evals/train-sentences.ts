/**
 * Fits the weights of `server/sentence-choice.ts` and writes `server/sentence-choice.json`: `npx tsx evals/train-sentences.ts`.
 *
 * Trained on questions of the enrichment that are held back from the index (`held-back.ts`), each with the sentences that
 * hold its statement, in an index with the other questions and in one without any. No evaluation case takes part.
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
import { readSources, searchableIndex } from './train-collections.js'
import { type Choice, fitChoices } from './train-model.js'

const SEEDS = join(import.meta.dirname, '..', 'seeds')
const OUTPUT = join(import.meta.dirname, '..', 'server', 'sentence-choice.json')
const HELD_BACK = { folds: 5, count: 600 }
/** Weight of a choice without enrichment beside one with it. */
const PLAIN_WEIGHT = 0.5
const REGULARIZATION = 0.001
const CANDIDATES = 20
/** Share of a sentence or of the statement in it from which the sentence is right. */
const LEAST_SHARED = 0.5

interface Example extends Choice {
  readonly document: string
}

/** Quotes of the statements by the questions written for them. */
function quotesByQuestion(documents: readonly IndexableDocument[]): ReadonlyMap<string, string> {
  return new Map(
    documents
      .flatMap(({ enrichment }) => enrichment.flatMap(({ statements }) => statements))
      .flatMap(({ quote, questions }) => questions.map(question => [question, quote] as const)),
  )
}

async function collect(documents: readonly IndexableDocument[], enrichment: boolean): Promise<Example[]> {
  const embedder = openEmbeddedEmbedder()
  const quotes = quotesByQuestion(documents)
  const examples: Example[] = []
  for await (const collection of holdBack(documents, { ...HELD_BACK, enrichment }))
    for (const { id, right, group } of collection.questions) {
      if (right.size === 0) continue
      const [evidence] = await retrieveParts(searchableIndex(collection), embedder, id, [], CANDIDATES)
      const candidate = evidence?.candidates.find(({ paragraph }) => right.has(paragraph.id))
      if (!evidence || !candidate) continue
      const { text } = candidate.paragraph
      const quote = quotes.get(id) ?? ''
      const start = text.indexOf(quote)
      const sentences = quotableSentences(candidate.paragraph)
      const holding = [...sentences.keys()].filter(at => {
        const sentence = sentences[at] as (typeof sentences)[number]
        const shared = Math.min(sentence.end, start + quote.length) - Math.max(sentence.start, start)
        return shared > LEAST_SHARED * Math.min(sentence.end - sentence.start, quote.length)
      })
      if (start < 0 || holding.length === 0 || holding.length === sentences.length) continue
      const features = sentenceFeatures(sentences, evidence, candidate, word =>
        collection.search.inverseDocumentFrequency(word),
      )
      examples.push({
        options: features.map(each => Float64Array.from(SENTENCE_FEATURES, name => each[name])),
        right: holding,
        weight: enrichment ? 1 : PLAIN_WEIGHT,
        document: group,
      })
    }
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

const documents = await readSources(SEEDS, true)
const enriched = await collect(documents, true)
const plain = await collect(documents, false)
const all = [...enriched, ...plain]
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const run = [
  `npx tsx evals/train-sentences.ts: right sentence first, cross-validated by document:`,
  `${percent(crossValidated(all, enriched))} of ${enriched.length} questions with enrichment,`,
  `${percent(crossValidated(all, plain))} of ${plain.length} without`,
].join(' ')
const weights = fit(all)
const byName = Object.fromEntries(
  SENTENCE_FEATURES.map((name, at) => [name, Number((weights[at] as number).toFixed(2))]),
)
console.log(run)
console.log(byName)
if (!process.argv.includes('--dry-run'))
  await writeFile(OUTPUT, `${JSON.stringify({ run, weights: byName }, null, 2)}\n`)
