/** Searching paragraphs: what is stored for it, the candidates by postings and vectors, and their order by features. */
import { type AnswerForm, formTerm } from './answer-forms.js'
import type { Paragraph, PolicyDocument, Statement } from './corpus.js'
import type { CorpusStore, IndexableDocument } from './corpus-store.js'
import {
  FEATURES,
  type FeatureName,
  type Features,
  ParagraphFeatures,
  type StatementScores,
} from './features.js'
import { GramTable } from './grams.js'
import { indexTexts } from './index-texts.js'
import { Matcher } from './matching.js'
import { buildUnits, LEVELS, type QueryUnit, type QueryUnits, type QueryWord } from './query-units.js'
import { type Postings, TermIndex } from './term-index.js'
import type { NearVector } from './vector-store.js'
import { Vocabulary } from './vocabulary.js'

/** How much each feature counts in the order of candidates; an absent one counts nothing. */
export type FeatureWeights = Readonly<Partial<Record<FeatureName, number>>>

/** A linear estimate of what the enrichment features add to a score. */
export interface ExpectedEnrichment {
  readonly bias: number
  readonly weights: FeatureWeights
}

/** One search. */
export interface IndexQuery {
  /** The words of the question in order, stop words included; those of earlier turns first. */
  readonly words: readonly QueryWord[]
  /** Vector of the question; `null` leaves the vectors out. */
  readonly vector: Float32Array | null
  /** Forms that the answer can take; absent or empty when the question does not tell. */
  readonly answerForms?: readonly AnswerForm[]
  /** How strongly the question asks for a document, by document id, 0..1; an absent one is not asked for. */
  readonly preferences: ReadonlyMap<string, number>
  /** Id of the paragraph that answered the turn before, when the question needs that turn. */
  readonly earlierParagraph?: string
  readonly weights: FeatureWeights
  /**
   * What the enrichment features would add to a paragraph's score if its document had enrichment, from its other features:
   * for documents without any in an index where others have it. Absent: nothing is added.
   */
  readonly expectedEnrichment?: ExpectedEnrichment
  /** Number of candidates wanted. */
  readonly limit: number
}

/** The statement of a paragraph that a question asks for. */
export interface MatchedStatement {
  readonly statement: Statement
  /** The question of the enrichment that is nearest to the one asked. */
  readonly question: string
  /** How near it is, 0..1: the harmonic mean of the shares that each holds of the other. */
  readonly score: number
}

/** A statement of a paragraph with how well it answers the question. */
export interface ScoredStatement extends StatementScores {
  /** Verbatim from the paragraph. */
  readonly quote: string
}

/** One paragraph found, with what found it. */
export interface Candidate {
  readonly paragraph: Paragraph
  readonly document: PolicyDocument
  /** Weighted sum of the features; orders, and says nothing about relevance. */
  readonly score: number
  readonly features: Features
  /** For each word of the question how well the paragraph, its heading and its enrichment hold it, 0..1. */
  readonly wordLevels: Float32Array
  /** `null` without enrichment or match. */
  readonly statement: MatchedStatement | null
  /** All statements of its enrichment, in their order; none without enrichment. */
  readonly statements: readonly ScoredStatement[]
}

/** The vectors of an index, as far as a search needs them. */
export interface NearestVectors {
  /** The `count` nearest vectors, closest first. */
  nearest(query: Float32Array, count: number): Promise<readonly NearVector[]>
}

/** Features that only a document with enrichment has. */
export const ENRICHMENT_FEATURES: ReadonlySet<FeatureName> = new Set<FeatureName>([
  'question',
  'questionForward',
  'questionBackward',
  'questionPhrase',
  'questionSecond',
  'statement',
  'statementBm25',
  'statementReverse',
  'enriched',
  'enrichedBm25',
  'questionVector',
])

/** What a search found. */
export interface SearchResult {
  /** Best first. */
  readonly candidates: readonly Candidate[]
  /** The words of the question that count, with what the corpus knows of them. */
  readonly units: readonly QueryUnit[]
}

/** The texts of one document to embed, in the order in which their vectors are stored. */
export function listPassages({ document, content, enrichment }: IndexableDocument): {
  readonly paragraphs: readonly string[]
  readonly questions: readonly string[]
  /** How many of the questions each statement has, in their order. */
  readonly questionCounts: readonly number[]
} {
  const byParagraph = new Map(enrichment.map(item => [item.paragraphId, item.statements]))
  const statements = content.paragraphs.flatMap(({ id }) => byParagraph.get(id) ?? [])
  return {
    paragraphs: content.paragraphs.map(({ headingPath, label, searchText }) =>
      [document.title, ...headingPath, label ?? '', searchText].join(' \n '),
    ),
    questions: statements.flatMap(({ questions }) => questions),
    questionCounts: statements.map(({ questions }) => questions.length),
  }
}

const TERMS_FILE = 'terms.bin'

/** Names of the files that `buildSearchFiles` makes. */
export const SEARCH_FILES: readonly string[] = [TERMS_FILE]

/** Everything that a search needs beside documents and vectors, by the name of the file that is to hold it. */
export function buildSearchFiles(documents: readonly IndexableDocument[]): ReadonlyMap<string, Buffer> {
  return new Map([[TERMS_FILE, indexTexts(documents).toBuffer()]])
}

/**
 * The search file of a whole corpus from those of its documents: the same as one built from all documents together.
 *
 * @param parts gives the files of that name in the order of the documents; called more than once, so that they need not
 *   be in memory together
 */
export function mergeSearchFile(_name: string, parts: () => Iterable<Buffer>): Buffer {
  return TermIndex.join(function* () {
    for (const part of parts()) yield TermIndex.fromBuffer(part)
  }).toBuffer()
}

/**
 * Paragraphs that are looked at closely beside those of the nearest vectors: a share of all, within these bounds. More cost
 * time and found nothing more: on the seeds 240 and 40 rank the evaluation cases alike.
 */
const CLOSE_LOOK = { share: 0.08, least: 40, most: 240 } as const
/** Nearest vectors that become candidates. */
const NEAREST_VECTORS = 100
/** Paragraphs before and after the one that answered the turn before that become candidates of a question that needs it. */
const AROUND_EARLIER = 8
/** BM25 of the first pass. */
const BM25 = { k1: 1.0, b: 0.45 } as const
/** Weight of heading and enrichment in the first pass, where the text counts 1. */
export const FIRST_PASS = { heading: 0.5, enrichment: 0.8, concept: 1 }

/** Searches the paragraphs of one index. */
export class ParagraphSearch {
  readonly #corpus: CorpusStore
  readonly #index: TermIndex
  readonly #vocabulary: Vocabulary
  readonly #vectors: NearestVectors | null
  readonly #features: ParagraphFeatures
  readonly #slots: Int32Array
  readonly #rarities: Float32Array
  readonly #scores: Float32Array
  readonly #averageLength: number
  /** For each paragraph 1 when its document has enrichment. */
  readonly #enrichedPositions: Uint8Array
  #grams: GramTable | undefined

  /**
   * @param corpus the same documents, in the same order, that the files were built from
   * @param files what `buildSearchFiles` or `mergeSearchFile` gave; must have been checked, nothing is validated here
   * @param vectors one per text of `listPassages`; `null` when there is none
   */
  constructor(corpus: CorpusStore, files: ReadonlyMap<string, Buffer>, vectors: NearestVectors | null) {
    this.#corpus = corpus
    this.#index = TermIndex.fromBuffer(files.get(TERMS_FILE) as Buffer)
    this.#vocabulary = new Vocabulary(this.#index)
    this.#vectors = vectors
    this.#slots = new Int32Array(this.#vocabulary.size)
    this.#rarities = Float32Array.from({ length: this.#vocabulary.size }, (_, term) =>
      this.#vocabulary.term(term).startsWith('#')
        ? 0
        : this.#vocabulary.rarity(this.#vocabulary.documentFrequency(term)),
    )
    this.#scores = new Float32Array(this.#index.paragraphCount)
    this.#averageLength = this.#index.texts.paragraph.terms.length / Math.max(1, this.#index.paragraphCount)
    this.#enrichedPositions = new Uint8Array(this.#index.paragraphCount)
    const { firstParagraphs } = corpus.positions
    for (let document = 0; document < corpus.documents.length; document++) {
      const [first, end] = [firstParagraphs[document] as number, firstParagraphs[document + 1] as number]
      const count = (at: number) => this.#index.statementsBefore[at] as number
      if (count(end) > count(first)) this.#enrichedPositions.fill(1, first, end)
    }
    this.#features = new ParagraphFeatures(this.#index, corpus, this.#averageLength, () => this.#gramTable())
  }

  /** Whether any paragraph has enrichment. */
  get hasEnrichment(): boolean {
    return this.#index.statementOf.length > 0
  }

  #gramTable(): GramTable {
    this.#grams ??= new GramTable(this.#vocabulary, this.#index.paragraphCount)
    return this.#grams
  }

  /** Rarity of an analysed word among the paragraphs, ≥ 0; highest for a word that occurs nowhere. */
  inverseDocumentFrequency(word: string): number {
    const term = this.#vocabulary.id(word)
    return this.#vocabulary.rarity(term === undefined ? 0 : this.#vocabulary.documentFrequency(term))
  }

  /** The best candidates, best first. */
  async search({
    words,
    vector,
    answerForms = [],
    preferences,
    earlierParagraph,
    weights,
    expectedEnrichment,
    limit,
  }: IndexQuery): Promise<SearchResult> {
    const query = buildUnits(words, this.#index, this.#vocabulary)
    const near = vector && this.#vectors ? await this.#vectors.nearest(vector, NEAREST_VECTORS) : []
    // Of what is not among the nearest only this is known: it is no nearer than the last of them.
    const floor = near.at(-1)?.similarity ?? 0
    const similarities = new Map<number, { text: number; question: number }>()
    for (const { kind, position, similarity } of near) {
      const paragraph = kind === 'paragraph' ? position : this.#corpus.positions.paragraphOfQuestion(position)
      const known = similarities.get(paragraph) ?? { text: floor, question: floor }
      if (kind === 'paragraph') known.text = Math.max(known.text, similarity)
      else known.question = Math.max(known.question, similarity)
      similarities.set(paragraph, known)
    }
    const positions = new Set(this.#firstPass(query, preferences))
    for (const paragraph of similarities.keys()) positions.add(paragraph)
    const earlier = earlierParagraph === undefined ? null : this.#corpus.positionOf(earlierParagraph)
    if (earlier !== null) for (const position of this.#around(earlier)) positions.add(position)
    const answerTerms = new Set(answerForms.flatMap(form => this.#vocabulary.id(formTerm(form)) ?? []))
    const matcher = new Matcher(query, this.#slots, this.#rarities, answerTerms)
    const weigh = weighing(name => weights[name] ?? 0)
    const weighBare =
      expectedEnrichment &&
      weighing(
        name =>
          (expectedEnrichment.weights[name] ?? 0) +
          (ENRICHMENT_FEATURES.has(name) ? 0 : (weights[name] ?? 0)),
        expectedEnrichment.bias,
      )
    const ranked = this.#features
      .of([...positions], matcher, { similarities, floor, preferences, earlier })
      .map(found => {
        const isBare = weighBare !== undefined && !this.#isEnriched(found.position)
        return { found, score: isBare ? weighBare(found.features) : weigh(found.features) }
      })
    matcher.release()
    ranked.sort((left, right) => right.score - left.score || left.found.position - right.found.position)
    const candidates = ranked
      .slice(0, limit)
      .map(({ found: { position, features, levels, question, statements }, score }) => ({
        paragraph: this.#corpus.paragraph(position),
        document: this.#corpus.documentOf(position),
        score,
        features,
        wordLevels: levels,
        statement: question === null ? null : this.#statement(position, question.number, question.score),
        statements: this.#scoredStatements(position, statements),
      }))
    return { candidates, units: query.units }
  }

  /** Whether the document of a paragraph has enrichment. */
  #isEnriched(position: number): boolean {
    return this.#enrichedPositions[position] === 1
  }

  /** A paragraph and those before and after it, within its document. */
  #around(position: number): number[] {
    const { positions } = this.#corpus
    const document = positions.documentOf(position)
    const first = Math.max(position - AROUND_EARLIER, positions.firstParagraphs[document] as number)
    const end = Math.min(position + AROUND_EARLIER + 1, positions.firstParagraphs[document + 1] as number)
    return Array.from({ length: end - first }, (_, at) => first + at)
  }

  #scoredStatements(position: number, scores: readonly StatementScores[]): ScoredStatement[] {
    const statements = this.#corpus.enrichment(position)?.statements ?? []
    return statements.map(({ quote }, at) => ({ quote, ...(scores[at] as StatementScores) }))
  }

  #statement(position: number, question: number, score: number): MatchedStatement | null {
    let at = question - (this.#corpus.positions.firstQuestions[position] as number)
    for (const statement of this.#corpus.enrichment(position)?.statements ?? []) {
      const asked = statement.questions[at]
      if (asked !== undefined) return { statement, question: asked, score }
      at -= statement.questions.length
    }
    return null
  }

  /** Positions of the paragraphs that hold most of the question, by BM25 over text, heading and enrichment. */
  #firstPass(query: QueryUnits, preferences: ReadonlyMap<string, number>): number[] {
    const { byText, byHeading, byEnrichment, headingOf, texts } = this.#index
    const scores = this.#scores.fill(0)
    const headings = new Float32Array(texts.heading.count)
    const weightOf = new Float32Array(query.atomCount)
    for (const { atom, partAtoms, weight } of query.units) {
      weightOf[atom] = weight
      for (const part of partAtoms) weightOf[part] = (weight * LEVELS.parts) / partAtoms.length
    }
    const { starts } = texts.paragraph
    for (const [term, matches] of query.terms) {
      let weight = 0
      for (const { atom, level } of matches)
        weight += (weightOf[atom] as number) * (level > 0.5 ? level : level * FIRST_PASS.concept)
      addScores(byText, term, scores, (owner, frequency) => {
        const length = ((starts[owner + 1] as number) - (starts[owner] as number)) / this.#averageLength
        return (weight * frequency) / (frequency + BM25.k1 * (1 - BM25.b + BM25.b * length))
      })
      addScores(
        byEnrichment,
        term,
        scores,
        (_, frequency) => (FIRST_PASS.enrichment * weight * frequency) / (frequency + 1.5),
      )
      addScores(
        byHeading,
        term,
        headings,
        (_, frequency) => (FIRST_PASS.heading * weight * frequency) / (frequency + 0.5),
      )
    }
    for (let at = 0; at < scores.length; at++) {
      const heading = headings[headingOf[at] as number] as number
      if (heading > 0) scores[at] = (scores[at] as number) + heading
    }
    if (preferences.size > 0) this.#prefer(scores, preferences)
    // A paragraph without enrichment scores lower than its like with it, and must not for that be passed over.
    const positionsBy = [true, false].map(enriched =>
      topPositions(scores, position => this.#isEnriched(position) === enriched),
    )
    return positionsBy.flat()
  }

  #prefer(scores: Float32Array, preferences: ReadonlyMap<string, number>): void {
    const { firstParagraphs } = this.#corpus.positions
    for (const [number, { id }] of this.#corpus.documents.entries()) {
      const preference = preferences.get(id)
      if (!preference) continue
      const end = firstParagraphs[number + 1] as number
      for (let at = firstParagraphs[number] as number; at < end; at++)
        scores[at] = (scores[at] as number) * (1 + preference)
    }
  }
}

/** A function that sums features by their weights; those of no weight are passed over. */
function weighing(weightOf: (name: FeatureName) => number, bias = 0): (features: Features) => number {
  const weights = FEATURES.map(name => ({ name, weight: weightOf(name) })).filter(
    ({ weight }) => weight !== 0,
  )
  return features => {
    let score = bias
    for (const { name, weight } of weights) score += weight * features[name]
    return score
  }
}

function addScores(
  { starts, owners, frequencies }: Postings,
  term: number,
  scores: Float32Array,
  score: (owner: number, frequency: number) => number,
): void {
  const end = starts[term + 1] as number
  for (let at = starts[term] as number; at < end; at++) {
    const owner = owners[at] as number
    scores[owner] = (scores[owner] as number) + score(owner, frequencies[at] as number)
  }
}

/**
 * Positions of the highest scores above 0 among some, by counting scores into bins instead of sorting them all: about as many
 * as `CLOSE_LOOK` says.
 */
function topPositions(scores: Float32Array, isAmong: (position: number) => boolean): number[] {
  const positions: number[] = []
  let [among, best] = [0, 0]
  for (let at = 0; at < scores.length; at++) {
    if (!isAmong(at)) continue
    among++
    const score = scores[at] as number
    if (score === 0) continue
    positions.push(at)
    if (score > best) best = score
  }
  const { share, least: fewest, most } = CLOSE_LOOK
  const count = Math.min(most, Math.max(fewest, Math.round(share * among)))
  const bins = new Uint32Array(1024)
  const binOf = (position: number) => Math.min(1023, Math.floor(((scores[position] as number) / best) * 1023))
  for (const position of positions) bins[binOf(position)] = (bins[binOf(position)] as number) + 1
  let least = 1023
  for (let seen = bins[1023] as number; least > 0 && seen + (bins[least - 1] as number) <= count; ) {
    least--
    seen += bins[least] as number
  }
  return positions.filter(position => binOf(position) >= least)
}
