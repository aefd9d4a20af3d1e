/**
 * `npx tsx evals/train-verifier.ts`: trains the coefficients of the verifier (`server/verification/weights.json`), and
 * prints what other thresholds would do: each document judged by coefficients that have not seen it, and each writer's
 * sentences by coefficients that have not seen that writer.
 *
 * Examples: the sentences of its author and of two other writers (`WRITERS`), and the summaries of the enrichment, which restate a paragraph in plain Dutch: supported by their paragraph, not supported by
 * others of the same document that share words with them. Sentences with an objection are left out: they never come as
 * far as the probability. The sentences of the writer who has not seen the verifier take no part.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { analyze } from '../ingest/analysis.js'
import type { Paragraph } from '../ingest/corpus.js'
import type { IndexableDocument } from '../ingest/corpus-store.js'
import { type VerificationSource, type VerifierWeights, verifySentence } from '../server/verify.js'
import { seededRandom } from './statistics.js'
import { alignedTable } from './table.js'
import { readSources } from './train-collections.js'
import { fitExamples, scoreOf } from './train-model.js'
import { locateSentences, readMarkedSentences } from './verifier.js'

const FEATURES = [
  'coverage',
  'windowCoverage',
  'sentenceCoverage',
  'adjacency',
  'heaviestMissing',
  'missing',
  'indirect',
  'gap',
  'lastCoverage',
  'lastAdjacency',
  'doubts',
] as const satisfies readonly (keyof VerifierWeights['coefficients'])[]

/** Least probability of a supported sentence; the table below shows its neighbours. */
const THRESHOLD = 0.55
/** How much one example counts: a sentence written for this, a summary with its paragraph, and with another. */
const WEIGHTS = { written: 3, summary: 0.4, other: 0.12 }
const REGULARIZATION = 0.002
/** Longer summaries restate several points at once, as no sentence of an answer does. In characters. */
const LONGEST_SUMMARY = 260
/** Shorter paragraphs say too little to restate. In characters. */
const SHORTEST_PARAGRAPH = 60

interface TrainingExample {
  readonly set: string
  /** Key of `WRITERS`, or `summaries`. */
  readonly writer: string
  readonly group: string
  readonly features: Float64Array
  readonly positive: boolean
  readonly weight: number
  readonly objected: boolean
}

function exampleOf(
  sentence: string,
  source: VerificationSource,
  positive: boolean,
  weight: number,
  set: string,
  writer = 'summaries',
): TrainingExample {
  const { features, objections } = verifySentence(sentence, source)
  return {
    set,
    writer,
    group: source.document.id,
    features: Float64Array.from([1, ...FEATURES.map(name => features[name])]),
    positive,
    weight,
    objected: objections.some(({ kind }) => kind !== 'coverage'),
  }
}

async function writtenExamples(
  name: string,
  documents: readonly IndexableDocument[],
  writer: string,
): Promise<TrainingExample[]> {
  const path = fileURLToPath(new URL(`verifier/${name}`, import.meta.url))
  const located = await locateSentences(await readMarkedSentences(path), {
    documents: async () => documents.map(({ document }) => document),
    document: async id => documents.find(({ document }) => document.id === id) ?? null,
  })
  return [...located].map(([{ sentence, supported, kind }, source]) =>
    exampleOf(sentence, source, supported, WEIGHTS.written, supported ? kind : 'altered', writer),
  )
}

function summaryExamples({ document, content, enrichment }: IndexableDocument): TrainingExample[] {
  const random = seededRandom(1)
  const byId = new Map(content.paragraphs.map(paragraph => [paragraph.id, paragraph]))
  const sourceOf = (paragraph: Paragraph): VerificationSource => ({
    paragraph,
    document,
    parent: byId.get(paragraph.parent ?? '') ?? null,
  })
  const bags = content.paragraphs
    .filter(({ kind }) => kind !== 'heading')
    .map(paragraph => ({ paragraph, words: new Set(analyze(paragraph.searchText).words) }))
  const examples: TrainingExample[] = []
  for (const { paragraphId, summary } of enrichment) {
    const paragraph = byId.get(paragraphId)
    if (!paragraph || !summary || summary.length > LONGEST_SUMMARY) continue
    if (paragraph.text.length < SHORTEST_PARAGRAPH || ['footnote', 'metadata'].includes(paragraph.kind))
      continue
    examples.push(exampleOf(summary, sourceOf(paragraph), true, WEIGHTS.summary, 'summary'))
    const wanted = analyze(summary).words
    const others = bags
      .filter(bag => bag.paragraph.id !== paragraphId)
      .map(({ paragraph: other, words }) => ({
        other,
        shared: wanted.filter(word => words.has(word)).length,
      }))
      .sort((a, b) => b.shared - a.shared)
    // The nearest two may say the same; after them come near ones, then any.
    for (const at of [2, 5, 10 + Math.floor(random() * 20)]) {
      const other = others[at]?.other
      if (other) examples.push(exampleOf(summary, sourceOf(other), false, WEIGHTS.other, 'other paragraph'))
    }
  }
  return examples
}

function trainOn(examples: readonly TrainingExample[]): Float64Array {
  return fitExamples(
    examples.filter(({ objected }) => !objected),
    { dimensions: FEATURES.length + 1, regularization: REGULARIZATION, iterations: 1500 },
  )
}

/** Files of sentences that are trained on, by what the tables call them. */
const WRITERS = {
  own: 'sentences-own.jsonl',
  second: 'sentences-second.jsonl',
  third: 'sentences-third.jsonl',
}
const THRESHOLDS = [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7]

/** Probability of each example by coefficients that have seen no example of its part. */
function heldOut(
  examples: readonly TrainingExample[],
  partOf: (example: TrainingExample) => string,
): ReadonlyMap<TrainingExample, number> {
  const held = new Map<TrainingExample, number>()
  for (const part of new Set(examples.map(partOf))) {
    const weights = trainOn(examples.filter(example => partOf(example) !== part))
    for (const example of examples.filter(each => partOf(each) === part))
      held.set(example, 1 / (1 + Math.exp(-scoreOf(example.features, weights))))
  }
  return held
}

/** Percentage of examples that are judged right. */
function shareRight(
  members: readonly TrainingExample[],
  held: ReadonlyMap<TrainingExample, number>,
  threshold: number,
): string {
  const right = members.filter(
    example => (!example.objected && (held.get(example) ?? 0) >= threshold) === example.positive,
  )
  return ((100 * right.length) / members.length).toFixed(1)
}

const documents = await readSources('seeds', true)
const examples = documents.flatMap(summaryExamples)
for (const [writer, file] of Object.entries(WRITERS))
  examples.push(...(await writtenExamples(file, documents, writer)))

const byDocument = heldOut(examples, ({ group }) => group)
const sets = [...new Set(examples.map(({ set }) => set))]
const rightAt = (threshold: number, set: string) =>
  shareRight(
    examples.filter(example => example.set === set),
    byDocument,
    threshold,
  )
console.log(
  alignedTable([
    ['documents held out; right, %, at', ...THRESHOLDS.map(String)],
    ...sets.map(set => [set, ...THRESHOLDS.map(threshold => rightAt(threshold, set))]),
  ]),
)

const byWriter = heldOut(examples, ({ writer }) => writer)
const writerAt = (writer: string, threshold: number) => {
  const [altered, supported] = [false, true].map(positive =>
    shareRight(
      examples.filter(example => example.writer === writer && example.positive === positive),
      byWriter,
      threshold,
    ),
  )
  return `${altered}/${(100 - Number(supported)).toFixed(1)}`
}
console.log(
  alignedTable([
    ['writers held out; caught/flagged, %, at', ...THRESHOLDS.map(String)],
    ...Object.keys(WRITERS).map(writer => [
      writer,
      ...THRESHOLDS.map(threshold => writerAt(writer, threshold)),
    ]),
  ]),
)

const [intercept = 0, ...coefficients] = trainOn(examples)
const rounded = (value: number) => Number(value.toFixed(4))
const weights: VerifierWeights = {
  run: `npx tsx evals/train-verifier.ts, ${examples.length} examples; right at ${THRESHOLD}, documents held out: ${sets
    .map(set => `${set} ${rightAt(THRESHOLD, set)} %`)
    .join(', ')}; writers held out, caught/flagged: ${Object.keys(WRITERS)
    .map(writer => `${writer} ${writerAt(writer, THRESHOLD)} %`)
    .join(', ')}`,
  intercept: rounded(intercept),
  coefficients: Object.fromEntries(
    FEATURES.map((name, at) => [name, rounded(coefficients[at] ?? 0)]),
  ) as VerifierWeights['coefficients'],
  threshold: THRESHOLD,
}
await writeFile(
  fileURLToPath(new URL('../server/verification/weights.json', import.meta.url)),
  `${JSON.stringify(weights, null, 2)}\n`,
)
