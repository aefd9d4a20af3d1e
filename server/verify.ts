/**
 * Does a paragraph support a sentence? Decided without any model, from what the sentence says and the paragraph holds:
 * weighted coverage by words, compound parts and concepts, and hard objections where a number, date or name is missing or
 * the sentence says the opposite or more.
 *
 * `npm run evals -- verifier` measures it; `docs/models.md` has the figures.
 */
import type { Paragraph, Span } from '../ingest/corpus.js'
import { wordKind } from '../ingest/word-table.js'
import type { Support } from './protocol.js'
import { swappedActors } from './verification/actors.js'
import { type Alignment, align, type PreparedText, prepareText } from './verification/alignment.js'
import { findConflicts } from './verification/conflicts.js'
import {
  measure,
  predict,
  shippedWeights,
  type VerificationFeatures,
  type VerifierWeights,
} from './verification/features.js'
import { exchangedNumbers, objectToFrequency, objectToValues } from './verification/held-values.js'
import { type Lexeme, lexemes } from './verification/lexemes.js'
import { findNames, holdsName, type Name, nameStock } from './verification/names.js'
import { swappedSubjects } from './verification/roles.js'
import { type PreparedSource, prepareSource, type VerificationSource } from './verification/source.js'
import { findValues } from './verification/values.js'

export type { VerificationFeatures, VerifierWeights } from './verification/features.js'
export type { VerificationSource } from './verification/source.js'

/** Why a sentence cannot be confirmed. */
export interface Objection {
  readonly kind:
    | 'number'
    | 'date'
    | 'name'
    | 'negation'
    | 'opposite'
    | 'quantifier'
    | 'obligation'
    | 'coverage'
  /** The words of the sentence (or of the source, for a negation left out) that show it; empty for `coverage`. */
  readonly text: string
}

/** The verdict on one sentence. */
export interface Verdict {
  readonly support: Support
  /** Calibrated chance that the paragraph supports the sentence, 0..1, before objections count. */
  readonly probability: number
  /** Empty when supported. */
  readonly objections: readonly Objection[]
  readonly features: VerificationFeatures
  /** Range of `paragraph.text` that supports the sentence best: whole sentences. */
  readonly quote: Span
}

/**
 * Checks one sentence against one paragraph.
 *
 * @param sentence as a model wrote it, without markers
 * @param weights other coefficients than the shipped ones, for training
 */
export function verifySentence(
  sentence: string,
  source: VerificationSource,
  weights: VerifierWeights = shippedWeights(),
): Verdict {
  const ready = prepareSource(source)
  const words = lexemes(sentence)
  const wordWeights = words.map(word => (isContext(word, ready) ? 0 : word.weight))
  const alignment = align(words, wordWeights, ready.whole)
  const quote = quoteRange(source.paragraph, ready, alignment)
  const { conflicts: found, doubts } = findConflicts({
    sentence: words,
    source: ready.whole.words,
    meets: alignment.matches.map(({ places }) => places),
    isSameWord: alignment.matches.map(({ way }) => way !== null && way !== 'concept' && way !== 'family'),
    ...region(alignment, ready.whole),
    ranges: ready.whole.sentences,
  })
  const features = { ...measure(words, wordWeights, alignment), doubts: Math.min(1, doubts / 2) }
  const probability = predict(features, weights)
  const conflicts = [...found]
  // In a sentence that keeps the words of its source, "alle" or "altijd" was added on purpose.
  if (doubts > 0 && features.coverage >= NEARLY_LITERAL && features.indirect < 0.2)
    conflicts.push({ kind: 'quantifier', text: '' })
  const literal = findLiterally(sentence, source.paragraph.text)
  if (literal) return { support: 'letterlijk', probability: 1, objections: [], features, quote: literal }
  const objections = [
    ...objectToValues(sentence, ready),
    ...objectToFrequency(sentence, ready.whole.text),
    ...exchangedNumbers(sentence, words, alignment, ready),
    ...objectToNames(words, sentence, alignment, ready),
    ...[
      ...swappedActors(words, wordWeights, alignment, ready.whole),
      ...swappedSubjects(sentence, words, wordWeights, alignment, ready.whole),
    ].map(text => ({ kind: 'name' as const, text })),
    ...conflicts,
  ]
  if (probability < weights.threshold) objections.push({ kind: 'coverage' as const, text: '' })
  return {
    support: objections.length === 0 ? 'bevestigd' : 'niet bevestigd',
    probability,
    objections,
    features,
    quote,
  }
}

/** Coverage from which a sentence keeps the words of its source. */
const NEARLY_LITERAL = 0.8

/** What the source's title, date or institution already says: it needs no support in the paragraph, and gives none. */
function isContext(word: Lexeme, { contextStems, whole }: PreparedSource): boolean {
  return contextStems.has(word.stem) && !whole.byStem.has(word.stem)
}

function region({ first, last }: Alignment, whole: PreparedText): { from: number; to: number } {
  return {
    from: whole.sentences[first]?.from ?? 0,
    to: whole.sentences[last - 1]?.to ?? whole.words.length,
  }
}

function quoteRange(paragraph: Paragraph, { whole }: PreparedSource, { first, last }: Alignment): Span {
  const shift = whole.text.length - paragraph.text.length
  const start = Math.max(0, (whole.sentences[first]?.start ?? 0) - shift)
  const end = (whole.sentences[last - 1]?.end ?? 0) - shift
  return end > start ? [start, end] : [0, paragraph.text.length]
}

/** The place of a sentence in the paragraph, letter by letter but for white space and a closing period. */
function findLiterally(sentence: string, text: string): Span | undefined {
  const wanted = sentence.replace(/\s+/g, ' ').trim()
  for (const candidate of [wanted, wanted.replace(/[.…]$/, '')]) {
    if (candidate.length < 12) continue
    const start = text.indexOf(candidate)
    if (start >= 0 && !/[\p{L}\p{N}]/u.test(text[start + candidate.length] ?? ''))
      return [start, start + candidate.length]
  }
  return undefined
}

/** Frequency from which a word with a capital is taken for an ordinary word, as in `WordKind.frequency`. */
const ORDINARY = 6

function objectToNames(
  words: readonly Lexeme[],
  sentence: string,
  { matches }: Alignment,
  { names }: PreparedSource,
): Objection[] {
  const isWordOfSource = (position: number) => {
    const match = matches[position]
    if (!match?.way) return false
    // An ordinary word with a capital ("het Verdrag") may be met by a synonym, a name may not.
    const isOrdinary = (wordKind(words[position]?.stem ?? '')?.frequency ?? 0) >= ORDINARY
    return isOrdinary ? match.strength >= 0.6 : ['stem', 'parts', 'part'].includes(match.way)
  }
  return findNames(words, sentence)
    .filter((name: Name) => !holdsName(names, name, isWordOfSource))
    .map(({ text }) => ({ kind: 'name' as const, text }))
}

/** Whether a sentence carries a number, date or name: what a reader would take over from it. */
export function carriesFact(sentence: string): boolean {
  return findValues(sentence).length > 0 || findNames(lexemes(sentence), sentence).length > 0
}

/** Whether a text carries no number, date or name that another text does not hold. */
export function carriesOnlyFactsOf(text: string, source: string): boolean {
  const words = lexemes(text)
  const stock = nameStock([{ words: lexemes(source), text: source }])
  const values = {
    values: findValues(source),
    contextValues: [],
    writing: source.toLowerCase(),
    whole: prepareText(source),
  }
  return (
    objectToValues(text, values).length === 0 &&
    findNames(words, text).every(name => holdsName(stock, name, () => false))
  )
}

/** Least share of each other's weight that two quotes of one point hold; chosen on pairs of quotes from the seeds. */
const SAME_POINT = 0.72

/**
 * Whether two quotes say the same point. Symmetric. Quotes that differ in a number, date or name, or of which one denies
 * what the other says, do not.
 */
export function saySamePoint(left: PreparedText, right: PreparedText): boolean {
  return holdsPoint(left, right) && holdsPoint(right, left)
}

function holdsPoint(claim: PreparedText, source: PreparedText): boolean {
  const { words } = claim
  const alignment = align(
    words,
    words.map(({ weight }) => weight),
    source,
  )
  if (alignment.coverage < SAME_POINT) return false
  const { conflicts } = findConflicts({
    sentence: words,
    source: source.words,
    meets: alignment.matches.map(({ places }) => places),
    isSameWord: alignment.matches.map(({ way }) => way !== null && way !== 'concept' && way !== 'family'),
    from: 0,
    to: source.words.length,
    ranges: source.sentences,
  })
  return conflicts.length === 0 && carriesOnlyFactsOf(claim.text, source.text)
}
