/** Does a sentence say the opposite of its source, or more than it? Negation, opposites, quantifiers, obligation. */
import { readFileSync } from 'node:fs'
import { fold, stem, tokenize } from '../../ingest/analysis.js'
import { wordKind } from '../../ingest/word-table.js'
import type { Lexeme } from './lexemes.js'

/** Words that negate whatever stands near them. */
const NEGATIONS = new Set('niet geen nooit noch evenmin niemand niets nergens zonder'.split(' '))
/** Words that hold a negation, so that a plain one elsewhere can mean the same. */
const HIDDEN_NEGATIONS = new Set(
  (
    'tenzij behalve nauwelijks amper onvoldoende ontoereikend gebrek ontbreken ontbreekt ontbrak weigeren weigert weigering verbieden ' +
    'verbiedt verboden verbod voorkomen voorkomt voorkoming vermijden vermijdt uitsluiten uitgesloten uitgezonderd tegengaan ' +
    'moeilijk lastig onmogelijk buiten stoppen stopt stopgezet beeindigen afschaffen afgeschaft schrappen geschrapt vervallen vervalt ' +
    'verwijderen verwijdering vrijwillig anders slechts alleen uitsluitend enkel louter beperkt weg missen mist verhinderen ' +
    'verhindert verloren verliezen verlies tekort te'
  ).split(' '),
)
/** Words between which a negation does not deny: "niet alleen … maar ook". */
const ONLY = new Set('alleen slechts enkel uitsluitend louter zozeer'.split(' '))

/** Words that say that something holds for all of a kind. */
const UNIVERSAL = new Set(
  'alle allen elk elke ieder iedere iedereen altijd overal volledig volledige geheel gehele helemaal precies ongeacht heel hele allemaal geen nooit'.split(
    ' ',
  ),
)
/** Words in a source that carry a universal statement of a sentence. */
const UNIVERSAL_SUPPORT = new Set([
  ...UNIVERSAL,
  'tijde',
  'steeds',
  'ten',
  'volle',
  'al',
  'zonder',
  'beide',
  'elkaar',
  'totale',
  'totaal',
  'alomvattend',
  'alomvattende',
  'universeel',
  'universele',
  'doorlopend',
  'noch',
  'niet',
])
/** Words that say that something holds for nothing else. */
const EXCLUSIVE = new Set('uitsluitend alleen enkel slechts louter pas'.split(' '))
const EXCLUSIVE_SUPPORT = new Set([
  ...EXCLUSIVE,
  'tenzij',
  'mits',
  'exclusief',
  'beperkt',
  'beperken',
  'behalve',
  'voorwaarde',
  'enige',
])
/** Words that say that something holds for most. */
const MAJORITY = new Set('meeste merendeel meerderheid grotendeels meestal gewoonlijk overwegend'.split(' '))
const MAJORITY_SUPPORT = new Set([
  ...MAJORITY,
  'overgrote',
  'veel',
  'vele',
  'vaak',
  'gewoonlijk',
  'doorgaans',
  'hoofdzakelijk',
  'voornamelijk',
  'meer',
  'regel',
])
/** Words that say that something holds for some only, or as far as it can. */
const PARTIAL = new Set(
  'sommige enkele enige soms gedeeltelijk deels weinig zelden zoveel_mogelijk'.split(' '),
)
const PARTIAL_SUPPORT = new Set([
  ...PARTIAL,
  'aantal',
  'deel',
  'bepaalde',
  'verscheidene',
  'verschillende',
  'mogelijk',
  'eventueel',
  'voorkomend',
  'waar',
  'waaronder',
  'bijvoorbeeld',
  'zekere',
  'of',
  'specifieke',
  'kan',
  'kunnen',
  'beperkt',
  'een',
  'zeldzaam',
  'sommigen',
  'geringe',
  'gering',
])

/** Words of duty; a sentence with one needs a source with one. */
const DUTY = new Set(
  'verplicht verplichte verplichten verplichting verplichtingen plicht gehouden dwingend'.split(' '),
)
const DUTY_SUPPORT = new Set([
  ...DUTY,
  'moet',
  'moeten',
  'moest',
  'moesten',
  'dient',
  'dienen',
  'vereist',
  'vereisten',
  'vereiste',
  'eisen',
  'eist',
  'bindend',
  'bindende',
  'voorwaarde',
  'toezegging',
  'zal',
  'zullen',
  'overnameplicht',
  'dwingende',
])
/** Words that say that something has been done. */
const DONE = new Set(
  'gesloten afgerond besloten afgesproken ingevoerd afgeschaft goedgekeurd aangenomen uitgevoerd voltooid overeengekomen ondertekend vastgesteld bereikt geworden gehaald'.split(
    ' ',
  ),
)
/** Words that say that something is only looked into or wished for. */
const OPEN = new Set(
  'verkend verkennen verkent onderzocht onderzoeken onderzoekt overwegen overweegt overwogen voornemens plan plannen wil willen voorstel stelt mogelijk mogelijkheid mogelijkheden zou zouden oproepen roept streven streeft beoogt beogen bezig'.split(
    ' ',
  ),
)

/** Words around a negation that it is taken to deny. */
const REACH_AFTER = 4
const REACH_BEFORE = 3
/** Distance in words within which a negation of the source answers one of the sentence. */
const ANSWER_DISTANCE = 7

/** What a sentence gets wrong, with the word that shows it. */
export interface Conflict {
  readonly kind: 'negation' | 'opposite' | 'quantifier' | 'obligation'
  /** As printed in the sentence, or in the source where the sentence left it out. */
  readonly text: string
}

/** The words of a sentence beside those of its source, and which of them meet. */
export interface Comparison {
  readonly sentence: readonly Lexeme[]
  readonly source: readonly Lexeme[]
  /** For each word of the sentence the positions in the source that it meets; empty for none. */
  readonly meets: readonly (readonly number[])[]
  /** Half-open range of the source's words that the sentence is best aligned with. */
  readonly from: number
  readonly to: number
}

interface OppositeTable {
  /** For each stem the lines and sides it stands on. */
  readonly sides: ReadonlyMap<string, readonly { readonly line: number; readonly side: 0 | 1 }[]>
  /** Stems per line and side. */
  readonly lines: readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[]
}

let opposites: OppositeTable | undefined

function loadOpposites(): OppositeTable {
  if (opposites) return opposites
  const sides = new Map<string, { line: number; side: 0 | 1 }[]>()
  const lines: [Set<string>, Set<string>][] = []
  for (const row of readFileSync(new URL('opposites.nl.tsv', import.meta.url), 'utf8').split('\n')) {
    const [left, right] = row.split('\t')
    if (!left || !right || row.startsWith('#')) continue
    const line = lines.length
    const stems = [left, right].map(
      terms => new Set(terms.split('|').map(term => tokenize(term).map(stem).join('-'))),
    ) as [Set<string>, Set<string>]
    lines.push(stems)
    for (const side of [0, 1] as const)
      for (const word of stems[side]) sides.set(word, [...(sides.get(word) ?? []), { line, side }])
  }
  opposites = { sides, lines }
  return opposites
}

const isNegation = (words: readonly Lexeme[], at: number): boolean => {
  const word = words[at]
  if (!word || !NEGATIONS.has(word.folded) || word.joinsNext) return false
  return !deniesNothing(words, at)
}

/** "niet alleen … maar ook", "niet met louter nationaal beleid". */
function deniesNothing(words: readonly Lexeme[], at: number): boolean {
  return words[at]?.folded === 'niet' && [1, 2].some(distance => ONLY.has(words[at + distance]?.folded ?? ''))
}

const isHiddenNegation = (word: Lexeme): boolean =>
  (HIDDEN_NEGATIONS.has(word.folded) && word.folded !== 'te') || isNegatedWord(word.folded)

/** "onmogelijk", "onvoldoende": the prefix before a word that exists without it. */
function isNegatedWord(folded: string): boolean {
  return positiveOf(folded) !== undefined
}

function positiveOf(folded: string): string | undefined {
  if (!/^on(?!t|der|ge(?:veer|acht)|s|ze|lan)/.test(folded) || folded.length < 7) return undefined
  const rest = stem(folded.slice(2))
  return wordKind(rest) === undefined ? undefined : rest
}

/** Content words within reach of a cue, in its clause. */
function reach(words: readonly Lexeme[], at: number): number[] {
  const found: number[] = []
  for (let next = at + 1, count = 0; next < words.length && count < REACH_AFTER; next++) {
    const word = words[next] as Lexeme
    if (word.clauseStart) break
    if (word.weight > 0) {
      found.push(next)
      count++
    }
  }
  for (let previous = at - 1, count = 0; previous >= 0 && count < REACH_BEFORE; previous--) {
    const word = words[previous] as Lexeme
    if (word.weight > 0) {
      found.push(previous)
      count++
    }
    if (word.clauseStart) break
  }
  return found
}

/** Everything that a sentence gets wrong against the part of its source that it is aligned with. */
export function findConflicts(comparison: Comparison): Conflict[] {
  return [
    ...addedNegations(comparison),
    ...lostNegations(comparison),
    ...findOpposites(comparison),
    ...findQuantifiers(comparison),
    ...findDuties(comparison),
  ]
}

function addedNegations({ sentence, source, meets, from, to }: Comparison): Conflict[] {
  const conflicts: Conflict[] = []
  for (let at = 0; at < sentence.length; at++) {
    if (!isNegation(sentence, at)) continue
    const focus = reach(sentence, at).filter(position => (meets[position] ?? []).length > 0)
    const places = focus
      .flatMap(position => meets[position] ?? [])
      .filter(place => place >= from && place < to)
    if (places.length === 0) continue
    const answered = places.some(place => negatedNear(source, place, ANSWER_DISTANCE))
    const opposed = reach(sentence, at).some(position => hasOppositeIn(sentence[position], source, from, to))
    if (!answered && !opposed) conflicts.push({ kind: 'negation', text: (sentence[at] as Lexeme).text })
  }
  return conflicts
}

function negatedNear(words: readonly Lexeme[], place: number, distance: number): boolean {
  for (let at = Math.max(0, place - distance); at <= Math.min(words.length - 1, place + distance); at++) {
    const word = words[at] as Lexeme
    if (isHiddenNegation(word)) return true
    if (NEGATIONS.has(word.folded) && !word.joinsNext) return true
  }
  return false
}

function lostNegations({ sentence, source, meets, from, to }: Comparison): Conflict[] {
  const negated = sentence.some(
    (word, at) => isHiddenNegation(word) || (NEGATIONS.has(word.folded) && at >= 0),
  )
  if (negated) return []
  const met = new Set(meets.flat())
  const conflicts: Conflict[] = []
  for (let at = from; at < to; at++) {
    if (!isNegation(source, at)) continue
    const scope = reach(source, at)
    const after = scope.filter(position => position > at)
    const weigh = (positions: readonly number[]) =>
      positions.reduce((sum, position) => sum + (source[position] as Lexeme).weight, 0)
    const total = weigh(scope)
    const covered = weigh(scope.filter(position => met.has(position)))
    const denied = after.length === 0 || after.some(position => met.has(position))
    if (total > 0 && covered / total >= 0.6 && denied)
      conflicts.push({ kind: 'negation', text: (source[at] as Lexeme).text })
  }
  return conflicts
}

function hasOppositeIn(
  word: Lexeme | undefined,
  source: readonly Lexeme[],
  from: number,
  to: number,
): boolean {
  if (!word) return false
  const { sides, lines } = loadOpposites()
  const opposed = (sides.get(word.stem) ?? []).map(({ line, side }) => lines[line]?.[side === 0 ? 1 : 0])
  const positive = positiveOf(word.folded)
  for (let at = from; at < to; at++) {
    const other = source[at] as Lexeme
    if (opposed.some(set => set?.has(other.stem))) return true
    if (positive !== undefined && other.stem === positive) return true
    if (positiveOf(other.folded) === word.stem) return true
  }
  return false
}

/** A word of the sentence whose opposite stands in the source where the word itself does not. */
function findOpposites({ sentence, source, meets, from, to }: Comparison): Conflict[] {
  const { sides, lines } = loadOpposites()
  const region = source.slice(from, to)
  const wholeStems = new Set(source.map(word => word.stem))
  const metInRegion = new Set(meets.flat().filter(place => place >= from && place < to))
  const conflicts: Conflict[] = []
  for (const [at, word] of sentence.entries()) {
    if (sentence.some((_, other) => Math.abs(other - at) <= 3 && isNegation(sentence, other))) continue
    const joined = word.joinsNext ? `${word.stem}-${sentence[at + 1]?.stem ?? ''}` : undefined
    for (const { line, side } of [
      ...(sides.get(word.stem) ?? []),
      ...(joined ? (sides.get(joined) ?? []) : []),
    ]) {
      const own = lines[line]?.[side]
      const other = lines[line]?.[side === 0 ? 1 : 0]
      if (!own || !other || [...own].some(stemmed => wholeStems.has(stemmed))) continue
      const opposed = region.findIndex(
        (candidate, index) => other.has(candidate.stem) || other.has(hyphenated(region, index)),
      )
      if (opposed < 0) continue
      // Both must speak of the same thing: a neighbour of the opposite is in the sentence.
      const place = from + opposed
      const neighbours = [-4, -3, -2, -1, 1, 2, 3, 4].some(distance => metInRegion.has(place + distance))
      const negatedThere = negatedNear(source, place, 2)
      if (neighbours && !negatedThere) conflicts.push({ kind: 'opposite', text: word.text })
    }
    const positive = positiveOf(word.folded)
    if (positive !== undefined && wholeStems.has(positive) && !wholeStems.has(word.stem)) {
      const place = source.findIndex(other => other.stem === positive)
      if (place >= from && place < to && !negatedNear(source, place, 3))
        conflicts.push({ kind: 'opposite', text: word.text })
    }
    const negative = source.findIndex(other => positiveOf(other.folded) === word.stem)
    if (negative >= from && negative < to && !wholeStems.has(word.stem))
      conflicts.push({ kind: 'opposite', text: word.text })
  }
  return conflicts
}

function hyphenated(words: readonly Lexeme[], at: number): string {
  const word = words[at] as Lexeme
  const before = words[at - 1]
  if (before?.joinsNext) return `${before.stem}-${word.stem}`
  return word.joinsNext ? `${word.stem}-${words[at + 1]?.stem ?? ''}` : ''
}

const has = (words: readonly Lexeme[], set: ReadonlySet<string>) =>
  words.some(({ folded }) => set.has(folded))

function findQuantifiers({ sentence, source, from, to }: Comparison): Conflict[] {
  const region = source.slice(from, to)
  const conflicts: Conflict[] = []
  const need = (claim: ReadonlySet<string>, support: ReadonlySet<string>) => {
    const at = sentence.findIndex(
      ({ folded }, index) => claim.has(folded) && !deniesNothing(sentence, index - 1),
    )
    if (at >= 0 && !has(region, support))
      conflicts.push({ kind: 'quantifier', text: (sentence[at] as Lexeme).text })
  }
  need(UNIVERSAL, UNIVERSAL_SUPPORT)
  need(EXCLUSIVE, EXCLUSIVE_SUPPORT)
  need(MAJORITY, MAJORITY_SUPPORT)
  // A weaker claim follows from a stronger one, except where the source says so expressly.
  const weak = sentence.find(
    ({ folded }, at) =>
      PARTIAL.has(folded) || (folded === 'zoveel' && sentence[at + 1]?.folded === 'mogelijk'),
  )
  if (weak && has(region, UNIVERSAL_SUPPORT) && !has(region, PARTIAL_SUPPORT))
    conflicts.push({ kind: 'quantifier', text: weak.text })
  if (weak && has(region, MAJORITY) && !has(region, PARTIAL))
    conflicts.push({ kind: 'quantifier', text: weak.text })
  return conflicts
}

function findDuties({ sentence, source, from, to }: Comparison): Conflict[] {
  const region = source.slice(from, to)
  const duty = sentence.find(({ folded }) => DUTY.has(folded))
  const conflicts: Conflict[] = []
  if (duty && !has(region, DUTY_SUPPORT)) conflicts.push({ kind: 'obligation', text: duty.text })
  const regionStems = new Set(region.map(({ stem: stemmed }) => stemmed))
  const done = sentence.find(({ folded, stem: stemmed }) => DONE.has(folded) && !regionStems.has(stemmed))
  if (done && has(region, OPEN) && !has(sentence, OPEN))
    conflicts.push({ kind: 'obligation', text: done.text })
  return conflicts
}

/** Exposed for the tests of the tables: every stem of the table of opposites with its line. */
export function oppositeLines(): readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] {
  return loadOpposites().lines
}

/** Whether a folded word negates by itself. */
export function isNegationWord(word: string): boolean {
  return NEGATIONS.has(fold(word))
}
