/** Which sentences of a paragraph answer a question, told from what each holds of what is asked. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { analyze, lexicon } from '../ingest/analysis.js'
import { type AnswerForm, formsIn } from '../ingest/answer-forms.js'
import { splitCompound } from '../ingest/compounds.js'
import type { Paragraph } from '../ingest/corpus.js'
import type { QueryWord } from '../ingest/query-units.js'
import type { Candidate, ScoredStatement } from '../ingest/search.js'
import { quotableSentences } from './orders.js'
import type { Evidence } from './retrieval.js'
import { exemplifiesPrevious, leansOnPrevious, type Sentence, sentencesOf } from './sentences.js'

/** What tells an answering sentence from the others of its paragraph, each 0..1. */
export interface SentenceFeatures {
  /** Share of the question's weight that stands in this sentence and in few others of the paragraph. */
  readonly telling: number
  /** Share of the question's letter grams. */
  readonly grams: number
  /** Share of the question's concepts. */
  readonly concepts: number
  /** 1 when the asked kind of thing stands in it. */
  readonly form: number
  /** How much of the matched statement stands in it, times how well that statement's question matched. */
  readonly statement: number
  /** The same of whichever statement of the paragraph makes it most. */
  readonly question: number
  /** The same, by BM25 over a statement with all its questions. */
  readonly statementBm25: number
}

/** Names of the features. */
export const SENTENCE_FEATURES = [
  'telling',
  'grams',
  'concepts',
  'form',
  'statement',
  'question',
  'statementBm25',
] as const satisfies readonly (keyof SentenceFeatures)[]

/** Log-odds per unit of each feature: the data file that `evals/train-sentences.ts` writes. */
const { weights: WEIGHTS } = z
  .object({
    /** The run that fitted them, with its figures. */
    run: z.string(),
    weights: z.record(z.enum(SENTENCE_FEATURES), z.number()),
  })
  .parse(JSON.parse(readFileSync(new URL('sentence-choice.json', import.meta.url), 'utf8')))

/** How well a sentence holds a word by a part of a compound, by another word for it, or spelled nearly the same. */
const LEVELS = { part: 0.6, concept: 0.5, spelling: 0.7 } as const
/** Level from which a sentence counts as one that holds the word. */
const HELD = 0.4
/** Least share of a word's letter grams that makes it the same word, spelled otherwise. */
const LEAST_GRAMS = 0.6

/** A paragraph of at most this many words is quoted whole: leaving out a sentence would save little and can cost the fact. */
const SHORT_PARAGRAPH_WORDS = 30
/** A quote is not made longer than this many words by the sentence that it leans on. */
const MOST_QUOTE_WORDS = 60
/**
 * A second sentence is quoted when it is this many times as likely as the best: of the facts of the evaluation cases the
 * answers name 87.9 of 100 at 0.25, 88.5 at 0.12 and 88.9 at 0.06, with a median of 54, 55 and 57 words.
 */
const SECOND_SHARE = 0.06
/** Most words of two quoted sentences together. */
const MOST_TWO_WORDS = 90
/** Two sentences with at most this many words between them are quoted as one. */
const MOST_GAP_WORDS = 8

const countWords = (text: string) => text.split(/\s+/).filter(Boolean).length

/**
 * The ranges of a paragraph to quote, in reading order: the likeliest sentence with what it leans on, and a second one that
 * is nearly as likely.
 *
 * @param rarity rarity of an analysed word in the corpus
 * @param most most sentences to choose
 */
export function chooseSentences(
  evidence: Pick<Evidence, 'question' | 'understood'>,
  { paragraph, statement, statements }: Pick<Candidate, 'paragraph' | 'statement' | 'statements'>,
  rarity: (word: string) => number,
  most: 1 | 2 = 2,
): readonly [Sentence, ...Sentence[]] {
  const { text, kind } = paragraph
  const whole = { start: 0, end: text.length }
  const sentences = quotableSentences(paragraph)
  if (sentences.length === sentencesOf(paragraph).length) {
    const isShort = kind === 'signature' || kind === 'metadata' || countWords(text) <= SHORT_PARAGRAPH_WORDS
    if (isShort || sentences.length < 2) return [whole]
  }
  const scores = sentenceFeatures(sentences, evidence, { paragraph, statement, statements }, rarity).map(
    features => SENTENCE_FEATURES.reduce((sum, name) => sum + WEIGHTS[name] * features[name], 0),
  )
  const byScore = [...scores.keys()].sort(
    (left, right) => (scores[right] as number) - (scores[left] as number),
  )
  const [best = 0, ...others] = byScore
  const textAt = (at: number) => text.slice(sentences[at]?.start, sentences[at]?.end)
  const second = others.find(
    at =>
      most > 1 &&
      Math.exp((scores[at] as number) - (scores[best] as number)) >= SECOND_SHARE &&
      countWords(textAt(best)) + countWords(textAt(at)) <= MOST_TWO_WORDS,
  )
  const first = withWhatItLeansOn(text, sentences, best)
  if (second === undefined) return [first]
  return joinNear(text, first, withWhatItLeansOn(text, sentences, second))
}

function withWhatItLeansOn(text: string, sentences: readonly Sentence[], at: number): Sentence {
  const cut = (from: number, to: number) => text.slice(sentences[from]?.start, sentences[to]?.end)
  // A sentence that was left out for speaking to an assistant separates what stands around it.
  const isNext = (from: number) => text.slice(sentences[from]?.end, sentences[from + 1]?.start).trim() === ''
  let first = at
  while (
    first > 0 &&
    isNext(first - 1) &&
    leansOnPrevious(cut(first, first)) &&
    countWords(cut(first - 1, at)) <= MOST_QUOTE_WORDS
  )
    first--
  const next = at + 1
  const isExemplified =
    next < sentences.length &&
    isNext(at) &&
    exemplifiesPrevious(cut(next, next)) &&
    countWords(cut(first, next)) <= MOST_QUOTE_WORDS
  const last = isExemplified ? next : at
  return { start: sentences[first]?.start ?? 0, end: sentences[last]?.end ?? text.length }
}

function joinNear(text: string, one: Sentence, other: Sentence): [Sentence, ...Sentence[]] {
  const [first, second] = one.start <= other.start ? [one, other] : [other, one]
  const joined = { start: first.start, end: Math.max(first.end, second.end) }
  const between = text.slice(first.end, Math.max(first.end, second.start))
  return countWords(between) <= MOST_GAP_WORDS ? [joined] : [first, second]
}

/** The terms of one sentence. */
interface HeldTerms {
  readonly words: ReadonlySet<string>
  readonly parts: ReadonlySet<string>
  readonly grams: ReadonlySet<string>
  readonly concepts: ReadonlySet<string>
  readonly forms: ReadonlySet<AnswerForm>
}

/** Terms of the sentences of the paragraphs that are in memory. */
const known = new WeakMap<Paragraph, readonly HeldTerms[]>()

function termsOf(paragraph: Paragraph, sentences: readonly Sentence[]): readonly HeldTerms[] {
  const found =
    known.get(paragraph) ??
    sentences.map(({ start, end }) => {
      const text = paragraph.text.slice(start, end)
      const { words, parts, grams, concepts } = analyze(text)
      return {
        words: new Set(words),
        parts: new Set(parts),
        grams: new Set(grams),
        concepts: new Set(concepts),
        forms: new Set(formsIn(text)),
      }
    })
  known.set(paragraph, found)
  return found
}

/**
 * The features of each sentence.
 *
 * @param sentences the quotable sentences of the paragraph
 */
export function sentenceFeatures(
  sentences: readonly Sentence[],
  { question, understood }: Pick<Evidence, 'question' | 'understood'>,
  { paragraph, statement, statements }: Pick<Candidate, 'paragraph' | 'statement' | 'statements'>,
  rarity: (word: string) => number,
): SentenceFeatures[] {
  const asked = analyze(question)
  const held = termsOf(paragraph, sentences)
  const words = new Map<string, QueryWord>()
  for (const word of understood.words) if (!word.stop && word.weight > 0) words.set(word.stem, word)
  const weighed = [...words.values()].map(word => {
    const levels = held.map(terms => levelOf(word, terms))
    const holding = levels.filter(level => level >= HELD).length
    const all = sentences.length + 0.5
    const weight = word.weight * rarity(word.stem)
    // 1 for a word that no other sentence holds, near 0 for one that all hold.
    const tells = holding === 0 ? 0 : Math.log(all / holding) / Math.log(all)
    return { levels, weight, tells }
  })
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
  const placed = statements.map(scores => {
    const quoteStart = paragraph.text.indexOf(scores.quote)
    return { ...scores, start: quoteStart, end: quoteStart + scores.quote.length }
  })
  return sentences.map(({ start, end }, at) => {
    const { grams, concepts, forms } = held[at] as HeldTerms
    const told = weighed.reduce(
      (sum, { levels, weight, tells }) => sum + weight * tells * (levels[at] as number),
      0,
    )
    const shares = placed.map(quote => {
      const shared = Math.min(end, quote.end) - Math.max(start, quote.start)
      return quote.start < 0 ? 0 : Math.max(0, shared) / Math.min(end - start, quote.end - quote.start)
    })
    const most = (scoreOf: (scores: ScoredStatement) => number) =>
      Math.max(0, ...placed.map((scores, number) => scoreOf(scores) * (shares[number] as number)))
    return {
      telling: total === 0 ? 0 : told / total,
      grams: shareHeld(asked.grams, grams),
      concepts: shareHeld(asked.concepts, concepts),
      form: understood.answerForms.some(form => forms.has(form)) ? 1 : 0,
      statement: most(({ quote }) => (quote === statement?.statement.quote ? statement.score : 0)),
      question: most(({ question }) => question),
      statementBm25: most(({ bm25 }) => bm25),
    }
  })
}

function shareHeld(wanted: readonly string[], held: ReadonlySet<string>): number {
  const terms = new Set(wanted)
  return terms.size === 0 ? 0 : [...terms].filter(term => held.has(term)).length / terms.size
}

const gramsOf = (word: string) =>
  Array.from({ length: Math.max(0, word.length - 1) }, (_, at) => `_${word}_`.slice(at, at + 4))

/** How well a sentence holds a word, 0..1. */
function levelOf({ word, stem }: QueryWord, { words, parts, grams, concepts }: HeldTerms): number {
  if (words.has(stem)) return 1
  if (parts.has(stem)) return LEVELS.part
  const levels = [0]
  const own = splitCompound(word)
  if (own.length > 1) {
    const heldParts = own.filter(part => words.has(part) || parts.has(part)).length
    levels.push((LEVELS.part * heldParts) / own.length)
  }
  const letters = gramsOf(word)
  const alike = letters.filter(gram => grams.has(gram)).length / Math.max(1, letters.length)
  if (letters.length > 2 && alike >= LEAST_GRAMS) levels.push(LEVELS.spelling * alike)
  if (
    lexicon()
      .conceptsOf.get(stem)
      ?.some(concept => concepts.has(concept))
  )
    levels.push(LEVELS.concept)
  return Math.max(...levels)
}
