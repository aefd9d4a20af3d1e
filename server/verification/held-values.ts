/** Are the numbers, dates and frequencies of a sentence those of its source? */
import type { Alignment, PreparedText } from './alignment.js'
import { type Lexeme, lexemes, TELLING } from './lexemes.js'
import type { PreparedSource } from './source.js'
import { type DateValue, findValues, type NumberValue, type Value } from './values.js'

/** A value of a sentence that its source does not hold, as the sentence writes it. */
export interface ValueObjection {
  readonly kind: 'number' | 'date'
  readonly text: string
}
/** The numbers, dates and identifiers of a sentence that its source does not hold, or gives to something else. */
export function objectToValues(
  sentence: string,
  {
    values,
    contextValues,
    writing,
    whole,
  }: Pick<PreparedSource, 'values' | 'contextValues' | 'writing' | 'whole'>,
): ValueObjection[] {
  const objections: ValueObjection[] = []
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
export function exchangedNumbers(
  sentence: string,
  words: readonly Lexeme[],
  { matches }: Alignment,
  { values, whole }: PreparedSource,
): ValueObjection[] {
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
export function objectToFrequency(sentence: string, source: string): ValueObjection[] {
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
