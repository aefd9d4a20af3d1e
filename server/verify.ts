/**
 * Does a paragraph support a sentence? Decided without any model, from what the sentence says and the paragraph holds:
 * weighted coverage by words, compound parts and concepts, and hard objections where a number, date or name is missing or
 * the sentence says the opposite or more.
 *
 * `npm run evals -- verifier` measures it; `docs/models.md` has the figures.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Paragraph, PolicyDocument, Span } from '../ingest/corpus.js'
import { wordKind } from '../ingest/word-table.js'
import type { Support } from './protocol.js'
import { swappedActors } from './verification/actors.js'
import {
  type Alignment,
  align,
  type Match,
  type PreparedText,
  prepareText,
} from './verification/alignment.js'
import { findConflicts } from './verification/conflicts.js'
import { type Lexeme, lexemes } from './verification/lexemes.js'
import { findNames, holdsName, type Name, type NameStock, nameStock } from './verification/names.js'
import { swappedSubjects } from './verification/roles.js'
import { type DateValue, findValues, type NumberValue, type Value } from './verification/values.js'

/** What a sentence is checked against. */
export interface VerificationSource {
  readonly paragraph: Paragraph
  readonly document: PolicyDocument
  /** The introduction of a list item, which belongs to what the item says; `null` for other paragraphs. */
  readonly parent: Paragraph | null
}

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

/** What the decision rests on, each 0..1. */
export interface VerificationFeatures {
  /** Share of the sentence's weight met in the whole paragraph. */
  readonly coverage: number
  /** The same in the best one or two sentences of the paragraph. */
  readonly windowCoverage: number
  /** The same in the best one. */
  readonly sentenceCoverage: number
  /** Share of neighbouring content words that are near each other in the paragraph too. */
  readonly adjacency: number
  /** Weight of the heaviest word that nothing meets. */
  readonly heaviestMissing: number
  /** Weight of all words that nothing meets, over 4, at most 1. */
  readonly missing: number
  /** Share of the weight met by synonyms and relatives only. */
  readonly indirect: number
  /** Weight of the heaviest run of telling words that nothing meets, over 3, at most 1. */
  readonly gap: number
  /** Words for all or always that the source neither carries nor contradicts, over 2, at most 1. */
  readonly doubts: number
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

const weightsSchema = z.object({
  /** The command that made the file and the figures it printed. */
  run: z.string(),
  intercept: z.number(),
  coefficients: z.object({
    coverage: z.number(),
    windowCoverage: z.number(),
    sentenceCoverage: z.number(),
    adjacency: z.number(),
    heaviestMissing: z.number(),
    missing: z.number(),
    indirect: z.number(),
    gap: z.number(),
    doubts: z.number(),
  }),
  /** Least probability of a supported sentence. */
  threshold: z.number().min(0).max(1),
})
/** Coefficients of the logistic regression, from `evals/train-verifier.ts`. */
export type VerifierWeights = z.infer<typeof weightsSchema>

let shipped: VerifierWeights | undefined

function shippedWeights(): VerifierWeights {
  shipped ??= weightsSchema.parse(
    JSON.parse(readFileSync(new URL('verification/weights.json', import.meta.url), 'utf8')),
  )
  return shipped
}

/** A source made ready once for all sentences. */
interface PreparedSource {
  readonly paragraph: PreparedText
  /** The paragraph preceded by the introduction of its list. */
  readonly whole: PreparedText
  /** Words before the paragraph's own in `whole`. */
  readonly offset: number
  readonly values: readonly Value[]
  readonly contextValues: readonly Value[]
  /** All digits of context and paragraph as written, for identifiers. */
  readonly writing: string
  readonly names: NameStock
  readonly contextStems: ReadonlySet<string>
  readonly contextConcepts: ReadonlySet<string>
}

const prepared = new WeakMap<
  Paragraph,
  { document: PolicyDocument; parent: Paragraph | null; source: PreparedSource }
>()

function prepareSource({ paragraph, document, parent }: VerificationSource): PreparedSource {
  const known = prepared.get(paragraph)
  if (known && known.document === document && known.parent === parent) return known.source
  const own = prepareText(paragraph.text, paragraph.searchText)
  const introduction = parent ? `${parent.text} ` : ''
  const whole = parent
    ? prepareText(introduction + paragraph.text, `${parent.searchText} ${paragraph.searchText}`)
    : own
  const context = [
    document.title,
    document.citeAs ?? '',
    document.institution ?? '',
    document.date ?? '',
    document.documentNumber ?? '',
    document.kind ?? '',
    ...document.aliases,
    ...paragraph.headingPath,
    paragraph.label ?? '',
  ].join(' ; ')
  const contextWords = lexemes(context)
  const repaired = lexemes(paragraph.searchText)
  const source: PreparedSource = {
    paragraph: own,
    whole,
    offset: whole.words.length - own.words.length,
    values: findValues(`${introduction}${paragraph.text}`),
    contextValues: findValues(context),
    writing: `${context} ${introduction}${paragraph.text}`.toLowerCase(),
    names: nameStock([
      { words: whole.words, text: whole.text },
      { words: repaired, text: paragraph.searchText },
      { words: contextWords, text: context },
    ]),
    contextStems: new Set(contextWords.flatMap(({ stem, parts }) => [stem, ...parts])),
    contextConcepts: new Set(contextWords.flatMap(({ concepts }) => concepts)),
  }
  prepared.set(paragraph, { document, parent, source })
  return source
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

/** Words within which two words that belong together stand in the source. */
const NEAR = 5
/** Least weight of a word whose neighbourhood counts. */
const TELLING = 0.3

function measure(
  words: readonly Lexeme[],
  weights: readonly number[],
  { matches, coverage, windowCoverage, sentenceCoverage }: Alignment,
): Omit<VerificationFeatures, 'doubts'> {
  const telling = words.map((_, at) => at).filter(at => (weights[at] as number) >= TELLING)
  let [heaviestMissing, missing, total, indirect] = [0, 0, 0, 0]
  for (const [at, { strength, way }] of matches.entries()) {
    const weight = weights[at] as number
    total += weight
    missing += weight * (1 - strength)
    heaviestMissing = Math.max(heaviestMissing, weight * (1 - strength))
    if (way === 'synonym' || way === 'concept' || way === 'family') indirect += weight
  }
  let [near, run, gap] = [0, 0, 0]
  for (const [index, at] of telling.entries()) {
    const { places, strength } = matches[at] as Match
    run = strength < 0.5 ? run + (weights[at] as number) : 0
    gap = Math.max(gap, run)
    const before = matches[telling[index - 1] ?? -1]?.places ?? []
    if (index > 0 && before.some(left => places.some(right => Math.abs(left - right) <= NEAR))) near++
  }
  return {
    coverage,
    windowCoverage,
    sentenceCoverage,
    adjacency: telling.length < 2 ? coverage : near / (telling.length - 1),
    heaviestMissing,
    missing: Math.min(1, missing / 4),
    indirect: total === 0 ? 0 : indirect / total,
    gap: Math.min(1, gap / 3),
  }
}

function predict(features: VerificationFeatures, { intercept, coefficients }: VerifierWeights): number {
  let sum = intercept
  for (const [name, coefficient] of Object.entries(coefficients))
    sum += coefficient * features[name as keyof VerificationFeatures]
  return 1 / (1 + Math.exp(-sum))
}

function objectToValues(
  sentence: string,
  {
    values,
    contextValues,
    writing,
    whole,
  }: Pick<PreparedSource, 'values' | 'contextValues' | 'writing' | 'whole'>,
): Objection[] {
  const objections: Objection[] = []
  const all = [...values, ...contextValues]
  for (const value of findValues(sentence)) {
    const text = sentence.slice(value.start, value.end)
    if (value.kind === 'identifier') {
      if (!writing.includes(value.text.toLowerCase())) objections.push({ kind: 'number', text })
    } else if (value.kind === 'date') {
      if (!all.some(other => isSameDate(value, other))) objections.push({ kind: 'date', text })
    } else if (!holdsNumber(value, values, contextValues, whole)) objections.push({ kind: 'number', text })
  }
  return objections
}

/** Least words by which what two numbers say must stand nearer to each other's number in the source, together. */
const NEARER = 5

/** The first of two numbers of a sentence that the source gives to each other's words. */
function exchangedNumbers(
  sentence: string,
  words: readonly Lexeme[],
  { matches }: Alignment,
  { values, whole }: PreparedSource,
): Objection[] {
  const said = findValues(sentence).filter(({ kind }) => kind === 'number' || kind === 'date')
  const [first, second] = said
  if (said.length !== 2 || !first || !second) return []
  const places = [first, second].map(value =>
    values.filter(other => isSameValue(value, other)).map(({ start }) => wordAt(whole, start)),
  )
  const [[one, ...furtherOnes] = [], [two, ...furtherTwos] = []] = places
  if (one === undefined || two === undefined || furtherOnes.length + furtherTwos.length > 0) return []
  // What a number says stands before it, after the number before.
  const about = (start: number, end: number) =>
    words
      .map((word, at) => ({ word, places: matches[at]?.places ?? [] }))
      .filter(({ word }) => word.start >= start && word.end <= end && word.weight >= TELLING)
      .findLast(found => found.places.length > 0)?.places ?? []
  const [left, right] = [about(0, first.start), about(first.end, second.start)]
  if (left.length === 0 || right.length === 0) return []
  const distance = (from: readonly number[], to: number) =>
    Math.min(...from.map(place => Math.abs(place - to)))
  const gains = [distance(left, one) - distance(left, two), distance(right, two) - distance(right, one)]
  const isExchanged = gains.every(gain => gain > 0) && gains.reduce((sum, gain) => sum + gain, 0) >= NEARER
  return isExchanged ? [{ kind: 'number', text: sentence.slice(first.start, first.end) }] : []
}

function isSameValue(value: Value, other: Value): boolean {
  if (value.kind === 'date') return isSameDate(value, other)
  return value.kind === 'number' && other.kind === 'number' && value.value === other.value
}

function wordAt({ words }: PreparedText, position: number): number {
  const at = words.findIndex(({ end }) => end > position)
  return at < 0 ? words.length : at
}

const YEARLY = /(?<!\p{L})(?:jaarlijkse?|(?:elk|ieder|per) jaar)(?!\p{L})/iu
const EVERY_FEW_YEARS = /(?<!\p{L})(?:om de \p{L}+ jaar|\p{L}+jaarlijkse?)(?!\p{L})/iu

/** How often or how soon, by the unit that says it, and how a source may write that unit. */
const FREQUENCIES = [
  [/(?<!\p{L})(?:jaarlijkse?|(?:elk|ieder|per|binnen een|binnen het) jaar)(?!\p{L})/iu, /jaar|annu/i],
  [/(?<!\p{L})(?:maandelijkse?|(?:elke|iedere|per|binnen een) maand)(?!\p{L})/iu, /maand/i],
  [/(?<!\p{L})(?:wekelijkse?|(?:elke|iedere|per|binnen een) week)(?!\p{L})/iu, /we+k/i],
  [/(?<!\p{L})(?:elk|ieder|per) kwartaal(?!\p{L})/iu, /kwartaal|drie maanden/i],
] as const

/** How often, where the source says nothing of it; "elk jaar" for every few years, and the other way round. */
function objectToFrequency(sentence: string, source: string): Objection[] {
  for (const [said, unit] of FREQUENCIES) {
    const found = said.exec(sentence)
    if (found && !unit.test(source)) return [{ kind: 'number', text: found[0] }]
  }
  for (const [one, other] of [
    [YEARLY, EVERY_FEW_YEARS],
    [EVERY_FEW_YEARS, YEARLY],
  ] as const) {
    const said = one.exec(sentence)
    if (said && !one.test(source) && other.test(source) && !other.test(sentence))
      return [{ kind: 'number', text: said[0] }]
  }
  return []
}

function isSameDate(value: DateValue, other: Value): boolean {
  if (other.kind !== 'date') return false
  const agrees = (left: number | null, right: number | null) => left === null || left === right
  if (value.day !== null || value.month !== null)
    return (
      value.month === other.month &&
      agrees(value.day, other.day) &&
      (agrees(value.year, other.year) || other.year === null)
    )
  return value.year === other.year
}

/** Nouns that anything counted can stand behind. */
const COUNTS_ANYTHING = /^(?:mensen|personen)$/

function holdsNumber(
  value: NumberValue,
  values: readonly Value[],
  contextValues: readonly Value[],
  whole: PreparedText,
): boolean {
  const isSame = (other: Value) =>
    other.kind === 'number' &&
    other.value === value.value &&
    (other.unit === 'percent') === (value.unit === 'percent') &&
    (value.unit !== 'label' || other.unit !== 'label' || sameNoun(value.noun, other.noun))
  if (contextValues.some(isSame)) return true
  if (!values.some(isSame)) return false
  // The same number of another thing is no support where the source counts this thing otherwise.
  if (value.unit !== 'plain' || value.noun === null || COUNTS_ANYTHING.test(value.noun)) return true
  const counted = values.filter(
    (other): other is NumberValue =>
      other.kind === 'number' && other.unit === 'plain' && sameNoun(value.noun, other.noun),
  )
  if (counted.length === 0 || counted.some(isSame)) return true
  return values.some(other => isSame(other) && isCountedBefore(value.noun as string, other, values, whole))
}

/** Whether a noun stands before a number in its sentence, uncounted: "het aantal migranten bedraagt 214 miljoen mensen". */
function isCountedBefore(
  noun: string,
  { start: at }: Value,
  values: readonly Value[],
  { sentences, words }: PreparedText,
): boolean {
  const range = sentences.find(({ start, end }) => at >= start && at < end)
  const wanted = lexemes(noun)[0]?.stem
  if (!range || wanted === undefined) return false
  if (values.some(other => other.kind === 'number' && other.start >= range.start && other.start < at))
    return false
  return words.slice(range.from, range.to).some(({ stem, start }) => stem === wanted && start < at)
}

function sameNoun(left: string | null, right: string | null): boolean {
  if (left === null || right === null) return left === right
  const [first, second] = [lexemes(left)[0], lexemes(right)[0]]
  return first !== undefined && first.stem === second?.stem
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
export function saySamePoint(left: string, right: string): boolean {
  return holdsPoint(left, right) && holdsPoint(right, left)
}

function holdsPoint(claim: string, source: string): boolean {
  const words = lexemes(claim)
  const text = prepareText(source)
  const alignment = align(
    words,
    words.map(({ weight }) => weight),
    text,
  )
  if (alignment.coverage < SAME_POINT) return false
  const { conflicts } = findConflicts({
    sentence: words,
    source: text.words,
    meets: alignment.matches.map(({ places }) => places),
    isSameWord: alignment.matches.map(({ way }) => way !== null && way !== 'concept' && way !== 'family'),
    from: 0,
    to: text.words.length,
    ranges: text.sentences,
  })
  return conflicts.length === 0 && carriesOnlyFactsOf(claim, source)
}
