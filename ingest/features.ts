/** The features of a paragraph for one question: why it may be the one that answers it. */
import { PARAGRAPH_KINDS } from './corpus.js'
import type { CorpusStore } from './corpus-store.js'
import type { GramTable } from './grams.js'
import { gramsOf } from './grams.js'
import { add, highest, type Matcher, raise, type TextMatch } from './matching.js'
import { CLAUSE_END, type TermIndex } from './term-index.js'

/** Every feature, in the order in which tables print them. */
export const FEATURES = [
  'text',
  'clause',
  'answer',
  'answerClause',
  'rest',
  'restClause',
  'phrase',
  'bm25',
  'grams',
  'exact',
  'unheld',
  'heading',
  'headingRare',
  'title',
  'joint',
  'parent',
  'neighbours',
  'section',
  'sectionUnion',
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
  'vector',
  'questionVector',
  'preferred',
  'notPreferred',
  'isEarlier',
  'nearEarlier',
  'besideEarlier',
  'isHeading',
  'isFootnote',
  'isMetadata',
  'isListItem',
  'short',
] as const
/**
 * `text`, `clause`, `heading`, `title`: share of the question's weight that the paragraph, its best clause, its headings,
 * the document's metadata hold; `joint`: all of these and the introduction together; `phrase`: pairs of words that stand
 * together; `bm25`; `parent`: the introduction of a list item; `neighbours`: the paragraphs before and after; `section`:
 * the best other paragraph under the same heading; `question…`: the nearest question of the enrichment, both ways, its share
 * of the question, the share of it that was asked, its pairs; `statement`: a statement's quote and questions together;
 * `enriched…`: all enrichment of the paragraph; `vector`, `questionVector`: cosines; `preferred`, `notPreferred`: the
 * question names this document, or another one; `isEarlier`: it answered the turn before, `nearEarlier`: how few paragraphs
 * lie between that one and it, `besideEarlier`: it stands under the same heading; then what kind of paragraph it is, and
 * `short`: fewer than eight terms.
 */
export type FeatureName = (typeof FEATURES)[number]
export type Features = Readonly<Record<FeatureName, number>>

/** A paragraph with its features. */
export interface FeaturedParagraph {
  readonly position: number
  readonly features: Features
  /** For each word of the question how well the paragraph with heading and enrichment holds it, 0..1. */
  readonly levels: Float32Array
  /** The nearest question of the enrichment by its number, and how near it is. */
  readonly question: { readonly number: number; readonly score: number } | null
  /** Of each statement of its enrichment how well it answers the question. */
  readonly statements: readonly StatementScores[]
}

/** How well one statement of the enrichment answers a question, each 0..1. */
export interface StatementScores {
  /** Of the question that was written for it and is nearest. */
  readonly question: number
  /** BM25 over statement and questions, as a share of its maximum. */
  readonly bm25: number
}

/** What is known of candidates from elsewhere. */
export interface FeatureContext {
  readonly similarities: ReadonlyMap<number, { readonly text: number; readonly question: number }>
  /** Similarity taken for paragraphs that are not in the map. */
  readonly floor: number
  readonly preferences: ReadonlyMap<string, number>
  /** Position of the paragraph that answered the turn before a question that needs it. */
  readonly earlier: number | null
}

const K1 = 1.0
const B = 0.4
const SHORT_LENGTH = 8
/** Usual number of terms of a statement with its questions, and of all enrichment of a paragraph. */
const STATEMENT_LENGTH = 45
const ENRICHMENT_LENGTH = 150
/** Level from which a term counts for how rare a word is among headings. */
const LEAST_HEADING_LEVEL = 0.5
/** Paragraphs further than some of these from the one that answered the turn before are hardly near it. */
const NEAR_EARLIER = 4
/** Level from which a text holds the word itself. */
const EXACT = 0.9

/** Share that the text holds of what neither heading nor document's name holds already. */
function rest(text: Float32Array, heading: Float32Array, title: Float32Array, { weights }: Matcher): number {
  let [total, held] = [0, 0]
  for (let unit = 0; unit < weights.length; unit++) {
    const open = (weights[unit] as number) * (1 - Math.max(heading[unit] as number, title[unit] as number))
    total += open
    held += open * (text[unit] as number)
  }
  return total === 0 ? 0 : held / total
}

/** Share of the weight of the words that a text holds themselves. */
function exact(levels: Float32Array, { weights, totalWeight }: Matcher): number {
  let held = 0
  for (let unit = 0; unit < weights.length; unit++)
    if ((levels[unit] as number) >= EXACT) held += weights[unit] as number
  return totalWeight === 0 ? 0 : held / totalWeight
}

/** Share of the weight of the words that one of two texts holds. */
function either(first: Float32Array, second: Float32Array, { weights, totalWeight }: Matcher): number {
  let held = 0
  for (let unit = 0; unit < weights.length; unit++)
    held += (weights[unit] as number) * Math.max(first[unit] as number, second[unit] as number)
  return totalWeight === 0 ? 0 : held / totalWeight
}

/** Share of the weight of the words that a text holds, each by how rare it is among the headings. */
function rareShare(levels: Float32Array, rarity: Float32Array, { weights, totalWeight }: Matcher): number {
  let held = 0
  for (let unit = 0; unit < weights.length; unit++)
    held += (weights[unit] as number) * Math.fround((levels[unit] as number) * (rarity[unit] as number))
  return totalWeight === 0 ? 0 : held / totalWeight
}

/** Share of the words, whatever their weight, that nothing stands for. */
function unheld(levels: Float32Array): number {
  let count = 0
  for (const level of levels) if (level < 0.2) count++
  return levels.length === 0 ? 0 : count / levels.length
}

/** The grams of a question, counted in one text after the other. */
interface QueryGrams {
  readonly table: GramTable
  /** Number of each gram of the corpus among those of the question; 0 when it is not among them. */
  readonly slots: Uint16Array
  /** Weight by that number. */
  readonly weights: readonly number[]
  /** Count by that number, of the text at hand. */
  readonly counts: Uint16Array
  /** For each term of the corpus whether it holds a gram of the question, as far as it has been looked at. */
  readonly seen: Uint8Array
  /** Weight of all, those that the corpus lacks included. */
  readonly total: number
  release(): void
}

/** What `QueryGrams.seen` says of a term that holds a gram of the question, and of one that holds none. */
const SEEN = { holding: 1, empty: 2 } as const

/** What the enrichment of one paragraph holds of a question. */
interface EnrichmentMatch {
  readonly question: { readonly number: number; readonly score: number } | null
  readonly forward: number
  readonly backward: number
  readonly phrase: number
  readonly second: number
  readonly statement: number
  readonly statementBm25: number
  readonly statementReverse: number
  readonly coverage: number
  readonly bm25: number
  /** For each word of the question how well the enrichment holds it; `null` when there is none. */
  readonly levels: Float32Array | null
  readonly statements: readonly StatementScores[]
}

const NO_SCORES: StatementScores = { question: 0, bm25: 0 }

const NO_ENRICHMENT: EnrichmentMatch = {
  question: null,
  forward: 0,
  backward: 0,
  phrase: 0,
  second: 0,
  statement: 0,
  statementBm25: 0,
  statementReverse: 0,
  coverage: 0,
  bm25: 0,
  levels: null,
  statements: [],
}

/** A function that computes each value once. */
function remembered<Value>(compute: (number: number) => Value): (number: number) => Value {
  const known = new Map<number, Value>()
  return number => {
    const found = known.get(number)
    if (found !== undefined) return found
    const made = compute(number)
    known.set(number, made)
    return made
  }
}

/** Computes features over one corpus. */
export class ParagraphFeatures {
  readonly #index: TermIndex
  readonly #corpus: CorpusStore
  readonly #averageLength: number
  readonly #firstQuestion: Uint32Array
  #gramSlots: Uint16Array | undefined
  readonly #grams: () => GramTable

  constructor(index: TermIndex, corpus: CorpusStore, averageLength: number, grams: () => GramTable) {
    this.#grams = grams
    this.#index = index
    this.#corpus = corpus
    this.#averageLength = averageLength
    // Number of the first question of each statement.
    const statements = index.texts.quote.count
    this.#firstQuestion = new Uint32Array(statements + 1).fill(index.statementOf.length)
    for (let question = index.statementOf.length - 1; question >= 0; question--)
      this.#firstQuestion[index.statementOf[question] as number] = question
    for (let statement = statements - 1; statement >= 0; statement--)
      this.#firstQuestion[statement] = Math.min(
        this.#firstQuestion[statement] as number,
        this.#firstQuestion[statement + 1] as number,
      )
  }

  /** The features of some paragraphs, in the same order. */
  of(positions: readonly number[], matcher: Matcher, context: FeatureContext): FeaturedParagraph[] {
    const textOf = remembered(position => matcher.match(this.#index.texts.paragraph, position))
    const headingOf = remembered(heading => matcher.match(this.#index.texts.heading, heading))
    const titleOf = remembered(document => matcher.match(this.#index.texts.title, document))
    const coverageOf = remembered(
      position => matcher.glance(this.#index.texts.paragraph, position)?.coverage ?? 0,
    )
    const queryGrams = this.#gramsOf(matcher)
    const headingRarity = this.#headingRarity(matcher)
    const sectionLevels = new Map<number, Float32Array>()
    const bestOfSection = new Map<number, { best: number; at: number; second: number }>()
    for (const position of positions) {
      const heading = this.#index.headingOf[position] as number
      const { coverage, levels } = textOf(position)
      const together = sectionLevels.get(heading)
      sectionLevels.set(heading, together ? highest(together, levels) : levels)
      const known = bestOfSection.get(heading) ?? { best: 0, at: -1, second: 0 }
      if (coverage > known.best)
        bestOfSection.set(heading, { best: coverage, at: position, second: known.best })
      else bestOfSection.set(heading, { ...known, second: Math.max(known.second, coverage) })
    }
    const mostPreferred = Math.max(0, ...context.preferences.values())
    const found = positions.map(position => {
      const text = textOf(position)
      const heading = this.#index.headingOf[position] as number
      const headingMatch = headingOf(heading)
      const document = this.#corpus.positions.documentOf(position)
      const titleMatch = titleOf(document)
      const parent = this.#index.parents[position] as number
      const parentMatch = parent === CLAUSE_END ? null : textOf(parent)
      const levels = highest(text.levels, headingMatch.levels, ...(parentMatch ? [parentMatch.levels] : []))
      const section = bestOfSection.get(heading)
      const enriched = this.#enrichment(position, matcher)
      const similarity = context.similarities.get(position)
      const preference = context.preferences.get((this.#corpus.documents[document] as { id: string }).id) ?? 0
      const kind = PARAGRAPH_KINDS[this.#index.kinds[position] as number]
      const features: Features = {
        text: text.coverage,
        clause: text.clause,
        answer: text.answerClause > 0 ? 1 : 0,
        answerClause: text.answerClause,
        rest: rest(text.levels, headingMatch.levels, titleMatch.levels, matcher),
        restClause: text.clause * (1 - Math.max(headingMatch.coverage, titleMatch.coverage)),
        phrase: text.phrase,
        bm25: this.#bm25(text, matcher),
        grams: this.#gramMatch(position, heading, queryGrams),
        exact: exact(text.levels, matcher),
        unheld: unheld(levels),
        heading: headingMatch.coverage,
        headingRare: rareShare(headingMatch.levels, headingRarity, matcher),
        title: titleMatch.coverage,
        joint: either(levels, titleMatch.levels, matcher),
        parent: parentMatch?.coverage ?? 0,
        neighbours: Math.max(
          this.#neighbour(position, -1, coverageOf),
          this.#neighbour(position, 1, coverageOf),
        ),
        sectionUnion: either(sectionLevels.get(heading) as Float32Array, headingMatch.levels, matcher),
        section: section ? (section.at === position ? section.second : section.best) : 0,
        question: enriched.question?.score ?? 0,
        questionForward: enriched.forward,
        questionBackward: enriched.backward,
        questionPhrase: enriched.phrase,
        questionSecond: enriched.second,
        statement: enriched.statement,
        statementBm25: enriched.statementBm25,
        statementReverse: enriched.statementReverse,
        enriched: enriched.coverage,
        enrichedBm25: enriched.bm25,
        vector: similarity?.text ?? context.floor,
        questionVector: similarity?.question ?? context.floor,
        preferred: preference,
        notPreferred: mostPreferred - preference,
        ...this.#earlierFeatures(position, context.earlier),
        isHeading: kind === 'heading' ? 1 : 0,
        isFootnote: kind === 'footnote' ? 1 : 0,
        isMetadata: kind === 'metadata' || kind === 'signature' ? 1 : 0,
        isListItem: kind === 'list-item' ? 1 : 0,
        short: text.length < SHORT_LENGTH ? 1 - text.length / SHORT_LENGTH : 0,
      }
      if (enriched.levels) raise(levels, enriched.levels)
      return { position, features, levels, question: enriched.question, statements: enriched.statements }
    })
    queryGrams.release()
    return found
  }

  /** The grams of the question: numbered from 1, with rarity times how much their words count. */
  #gramsOf({ query }: Matcher): QueryGrams {
    const table = this.#grams()
    this.#gramSlots ??= new Uint16Array(table.size)
    const found: number[] = []
    const weights = [0]
    let total = 0
    for (const { stem, given } of query.units)
      for (const gram of gramsOf(stem)) {
        const id = table.id(gram)
        const weight = given * (id === undefined ? table.highest : (table.rarities[id] as number))
        total += weight
        if (id === undefined || this.#gramSlots[id] !== 0) continue
        this.#gramSlots[id] = weights.length
        found.push(id)
        weights.push(weight)
      }
    return {
      table,
      slots: this.#gramSlots,
      weights,
      counts: new Uint16Array(weights.length),
      seen: new Uint8Array(this.#index.terms.length),
      total,
      release: () => {
        for (const id of found) (this.#gramSlots as Uint16Array)[id] = 0
      },
    }
  }

  /** BM25 over the grams of paragraph and heading, as a share of its maximum. */
  #gramMatch(
    position: number,
    heading: number,
    { table, slots, weights, counts, seen, total }: QueryGrams,
  ): number {
    if (total === 0) return 0
    counts.fill(0)
    const length =
      this.#countGrams('paragraph', position, table, slots, counts, seen) +
      this.#countGrams('heading', heading, table, slots, counts, seen)
    const norm = K1 * (1 - B + (B * length) / this.#averageLength)
    let sum = 0
    for (let slot = 1; slot < counts.length; slot++) {
      const count = counts[slot] as number
      if (count > 0) sum += ((weights[slot] as number) * count) / (count + norm)
    }
    return sum / total
  }

  #countGrams(
    field: 'paragraph' | 'heading',
    text: number,
    table: GramTable,
    slots: Uint16Array,
    counts: Uint16Array,
    seen: Uint8Array,
  ): number {
    const { starts, terms } = this.#index.texts[field]
    const end = starts[text + 1] as number
    let length = 0
    for (let at = starts[text] as number; at < end; at++) {
      const term = terms[at] as number
      if (term === CLAUSE_END) continue
      length++
      if (seen[term] === SEEN.empty) continue
      let holds = false
      const last = table.starts[term + 1] as number
      for (let gram = table.starts[term] as number; gram < last; gram++) {
        const slot = slots[table.grams[gram] as number] as number
        if (slot === 0) continue
        counts[slot] = (counts[slot] as number) + 1
        holds = true
      }
      seen[term] = holds ? SEEN.holding : SEEN.empty
    }
    return length
  }

  /** For each word how rare it is among the headings, 0..1: a word of all headings tells none apart. */
  #headingRarity({ query }: Matcher): Float32Array {
    const { byHeading, texts } = this.#index
    const counts = new Float32Array(query.units.length)
    const unitOf = new Map(query.units.map(({ atom }, unit) => [atom, unit]))
    for (const [term, matches] of query.terms)
      for (const { atom, level } of matches) {
        const unit = unitOf.get(atom)
        if (unit === undefined || level < LEAST_HEADING_LEVEL) continue
        counts[unit] =
          (counts[unit] as number) +
          (byHeading.starts[term + 1] as number) -
          (byHeading.starts[term] as number)
      }
    const most = Math.log(1 + texts.heading.count)
    return counts.map(count => Math.max(0, 1 - Math.log(1 + count) / most))
  }

  #earlierFeatures(position: number, earlier: number | null) {
    const { positions } = this.#corpus
    if (earlier === null || positions.documentOf(earlier) !== positions.documentOf(position))
      return { isEarlier: 0, nearEarlier: 0, besideEarlier: 0 }
    const { headingOf } = this.#index
    const isEarlier = position === earlier
    return {
      isEarlier: isEarlier ? 1 : 0,
      nearEarlier: isEarlier ? 0 : Math.exp(-Math.abs(position - earlier) / NEAR_EARLIER),
      besideEarlier: !isEarlier && headingOf[position] === headingOf[earlier] ? 1 : 0,
    }
  }

  #neighbour(position: number, step: number, coverageOf: (position: number) => number): number {
    const other = position + step
    if (other < 0 || other >= this.#index.paragraphCount) return 0
    if (this.#corpus.positions.documentOf(other) !== this.#corpus.positions.documentOf(position)) return 0
    return coverageOf(other)
  }

  /** BM25 (Robertson and Zaragoza 2009) as a share of its maximum. */
  #bm25(
    { frequencies, length }: Pick<TextMatch, 'frequencies' | 'length'>,
    { weights, totalWeight }: Matcher,
    averageLength = this.#averageLength,
  ): number {
    if (totalWeight === 0) return 0
    let sum = 0
    const norm = K1 * (1 - B + (B * length) / averageLength)
    for (let unit = 0; unit < weights.length; unit++) {
      const frequency = frequencies[unit] as number
      if (frequency > 0) sum += ((weights[unit] as number) * frequency) / (frequency + norm)
    }
    return sum / totalWeight
  }

  #enrichment(position: number, matcher: Matcher): EnrichmentMatch {
    const { texts, statementsBefore } = this.#index
    const first = statementsBefore[position] as number
    const end = statementsBefore[position + 1] as number
    if (end === first) return NO_ENRICHMENT
    const size = matcher.weights.length
    const extra = matcher.glance(texts.extra, position)
    const all = extra ? extra.levels.slice() : new Float32Array(size)
    const frequencies = extra ? extra.frequencies.slice() : new Float32Array(size)
    const together = new Float32Array(size)
    const ofStatement = new Float32Array(size)
    let length = matcher.lengthOf(texts.extra, position)
    let [bestQuestion, bestScore, forward, backward, second] = [-1, 0, 0, 0, 0]
    const best = { coverage: 0, bm25: 0, reverse: 0 }
    const scores: StatementScores[] = []
    for (let statement = first; statement < end; statement++) {
      const quote = matcher.glance(texts.quote, statement)
      let isHeld = quote !== null
      together.fill(0)
      ofStatement.fill(0)
      let statementLength = matcher.lengthOf(texts.quote, statement)
      let weight = matcher.weightOf(texts.quote, statement)
      let held = 0
      if (quote) {
        together.set(quote.levels)
        ofStatement.set(quote.frequencies)
        held = quote.reverse * weight
      }
      let [highestScore, nextScore] = [0, 0]
      const questionsEnd = this.#firstQuestion[statement + 1] as number
      for (let question = this.#firstQuestion[statement] as number; question < questionsEnd; question++) {
        const match = matcher.glance(texts.question, question)
        const questionWeight = matcher.weightOf(texts.question, question)
        statementLength += matcher.lengthOf(texts.question, question)
        weight += questionWeight
        if (!match || match.coverage === 0) continue
        isHeld = true
        const { coverage, reverse } = match
        held += reverse * questionWeight
        const score = (2 * coverage * reverse) / (coverage + reverse)
        if (score > bestScore)
          [bestQuestion, bestScore, forward, backward] = [question, score, coverage, reverse]
        if (score > highestScore) [highestScore, nextScore] = [score, highestScore]
        else nextScore = Math.max(nextScore, score)
        raise(together, match.levels)
        add(ofStatement, match.frequencies)
      }
      length += statementLength
      if (!isHeld) {
        scores.push(NO_SCORES)
        continue
      }
      if (highestScore > 0 && highestScore === bestScore) second = nextScore
      raise(all, together)
      add(frequencies, ofStatement)
      best.coverage = Math.max(best.coverage, matcher.covered(together))
      const bm25 = this.#bm25(
        { frequencies: ofStatement, length: statementLength },
        matcher,
        STATEMENT_LENGTH,
      )
      scores.push({ question: highestScore, bm25 })
      if (bm25 > best.bm25) {
        best.bm25 = bm25
        best.reverse = weight === 0 ? 0 : held / weight
      }
    }
    return {
      question: bestQuestion < 0 ? null : { number: bestQuestion, score: bestScore },
      forward,
      backward,
      phrase: bestQuestion < 0 ? 0 : matcher.match(texts.question, bestQuestion).phrase,
      second,
      statement: best.coverage,
      statementBm25: best.bm25,
      statementReverse: best.reverse,
      coverage: matcher.covered(all),
      bm25: this.#bm25({ frequencies, length }, matcher, ENRICHMENT_LENGTH),
      levels: all,
      statements: scores,
    }
  }
}
