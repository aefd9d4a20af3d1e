/**
 * Dutch text analysis: from a text to the terms by which it is found. Questions and paragraphs pass through the same
 * functions, so that they meet.
 */
import { readFileSync } from 'node:fs'
import { splitCompound } from './compounds.js'
import { type Lexicon, loadLexicon } from './lexicon.js'
import { stem } from './stemming.js'
import { wordKind } from './word-table.js'

export { stem }

/** Changes whenever the terms of any text change; an index built with another version is refused. */
export const ANALYZER_VERSION = 6

/** One word of a text. */
export interface Token {
  /** The word folded: lower case, without diacritics or apostrophes. */
  readonly word: string
  /** Its stem; for a number or reference the word itself. */
  readonly stem: string
  /** Whether it says nothing about the subject. */
  readonly stop: boolean
}

/** The terms of one text. Repeats are kept: their number is the term's frequency. */
export interface AnalyzedText {
  /** Stemmed words without stop words. "niet" and "geen" are kept. */
  readonly words: readonly string[]
  /** Stems of the parts of compounds. */
  readonly parts: readonly string[]
  /** Character 4-grams within words; they carry OCR damage and typing errors. */
  readonly grams: readonly string[]
  /** Pairs of neighbouring stemmed words. */
  readonly bigrams: readonly string[]
  /** Names of lexicon concepts that the text names. */
  readonly concepts: readonly string[]
}

/** Words that say nothing about the subject. "niet" and "geen" are not among them: they turn a meaning round. */
const STOP_WORDS = new Set(
  (
    'de het t een n en of van in op te ten ter met voor door aan bij als dat die dit deze der des den er is zijn was waren ' +
    'wordt worden word werd werden geworden geweest heeft hebben heb hebt had hadden gehad om naar uit over tot ook al dan ' +
    'nog maar want omdat zo zich hun haar hem hen hij zij ze wij we ik je jij jou jouw jullie u uw mij me mijn ons onze wat ' +
    'welke welk wie wiens waar wanneer hoe waarom waarvoor waarmee waarover waarin waaraan waarop waaruit waarnaar waardoor ' +
    'waarvan waarbij waartoe kan kunnen kun kunt kon konden zal zullen zou zouden zult moet moeten moest mag mogen mocht wil ' +
    'willen wilt wilde staat staan daar hier iets alle alles allen ander andere volgens toch wel eens ben bent zijnde ' +
    'daarvan daarin daarbij daarmee daaraan daarop daarover daarvoor daardoor daaruit daartoe hiervan hierin hierbij ' +
    'hiermee hieraan hierop hierover hiervoor hierdoor hiertoe erin ervan ermee eraan erop erover ervoor erdoor erbij toe ' +
    'af mee heen weer zelf even dus nu toen indien hetgeen welks deszelfs wier waarna alsmede alsook evenals zowel ' +
    'gaat gaan ging doet doen deed gedaan komt komen laat laten hoeveel hoezo zon zulke zulk dergelijke'
  ).split(' '),
)

let everydayStems: ReadonlySet<string> | undefined

/** Whether a stem is an everyday word that says little about the subject of a question, though it is no stop word. */
export function isEveryday(stemmed: string): boolean {
  everydayStems ??= new Set(
    readFileSync(new URL('tables/everyday-words.nl.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter(line => !line.startsWith('#'))
      .flatMap(line => tokenize(line).map(stem)),
  )
  return everydayStems.has(stemmed)
}

const MONTHS =
  'januari februari maart april mei juni juli augustus september oktober november december'.split(' ')

/** Words that name a piece of a text when a number follows: "artikel 13", "voetnoot 4". */
const REFERENCE_WORDS: Readonly<Record<string, string>> = {
  artikel: 'artikel',
  artikelen: 'artikel',
  art: 'artikel',
  lid: 'lid',
  leden: 'lid',
  voetnoot: 'voetnoot',
  paragraaf: 'paragraaf',
  hoofdstuk: 'hoofdstuk',
  afdeling: 'afdeling',
  titel: 'titel',
  bijlage: 'bijlage',
  punt: 'punt',
  onderdeel: 'onderdeel',
}

/**
 * Lower case, composed, without diacritics or apostrophes; the plural of an acronym ("MP's") and one with
 * periods ("i.o.a.w.") as the acronym.
 */
export function fold(text: string): string {
  return text
    .replace(/(\p{Lu}{2})[’']s(?!\p{L})/gu, '$1')
    .replace(/(?<![\p{L}.])\p{L}(?:\.\p{L}){2,}\.?(?!\p{L})/gu, letters => letters.replace(/\./g, ''))
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[’'`´]/g, '')
    .replace(/ĳ/g, 'ij')
}

/**
 * Words, numbers and references of a folded text. A reference as "2003/86/eg" or "16041/08" and a number with separators
 * as "1.250.000" are one word.
 */
const WORD = /\d+(?:[./:]\d+)+(?:\/\p{L}+)?|\d+\p{L}+|[\p{L}\p{N}]+/gu

/** The words of a text in order, folded. */
export function tokenize(text: string): string[] {
  return fold(text).match(WORD) ?? []
}

/** Whether a folded word says nothing about the subject. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word)
}

/**
 * The tokens of a text in order, stop words included. Beside the printed words stand joined forms that make references
 * exact: "artikel 13" gives also "artikel_13", "2003/86/EG" also its numbers, "16.5.2008" also day, month and year; and "legt … voor" also "voorleggen".
 */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  let previous = ''
  // No rule of folding or of words looks across white space, so that each piece between spaces is analysed once.
  for (const printed of text.split(/\s+/)) {
    for (const token of printedTokens(printed)) {
      found.push(token)
      const { word } = token
      const first = word.charCodeAt(0)
      if (first >= ZERO && first <= NINE) {
        const named = REFERENCE_WORDS[previous]
        if (named) found.push(literal(`${named}_${word}`))
        for (const piece of pieces(word)) found.push(literal(piece))
      }
      previous = word
    }
  }
  joinSeparatedVerbs(found)
  return found
}

const [ZERO, NINE] = [0x30, 0x39]
const printedCache = new Map<string, readonly Token[]>()
const PRINTED_CACHE_SIZE = 30_000

/** The tokens of what is printed between two spaces; remembered. */
function printedTokens(printed: string): readonly Token[] {
  const known = printedCache.get(printed)
  if (known) return known
  const found = tokenize(printed).map(word => ({ word, stem: stem(word), stop: STOP_WORDS.has(word) }))
  if (printedCache.size >= PRINTED_CACHE_SIZE) printedCache.clear()
  printedCache.set(printed, found)
  return found
}

/** Words that stand apart from their verb: "legt … voor" is "voorleggen". */
const PARTICLES = new Set(
  'aan achter af bij binnen buiten door in mee na om onder op over samen tegen terug toe uit vast voor voort weer weg'.split(
    ' ',
  ),
)
/** Words that follow a preposition and not a particle. */
const AFTER_PREPOSITION = new Set(
  'de het een deze dit die dat zijn haar hun hem hen mijn mij me je jij jou jullie u uw ons onze jouw elk elke ieder iedere welk welke wie wat alle geen'.split(
    ' ',
  ),
)
/** Most words between a verb and its particle. */
const MOST_BETWEEN = 24

/** Adds the whole verb where a particle stands apart from it at the end of its clause. */
function joinSeparatedVerbs(found: Token[]): void {
  for (let at = found.length - 1; at > 0; at--) {
    const { word } = found[at] as Token
    if (!PARTICLES.has(word)) continue
    const next = found[at + 1]
    if (next && (!next.stop || AFTER_PREPOSITION.has(next.word))) continue
    for (let before = at - 1; before >= Math.max(0, at - MOST_BETWEEN); before--) {
      const { stem: verb, word: form } = found[before] as Token
      if (form.length < 3 || !isVerb(verb) || !isVerb(word + verb)) continue
      found.splice(before + 1, 0, literal(word + verb))
      break
    }
  }
}

const isVerb = (stemmed: string) => wordKind(stemmed)?.verb === true

const literal = (word: string): Token => ({ word, stem: word, stop: false })

/** Further forms of a number with separators. */
function pieces(word: string): string[] {
  const date = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(word)
  const month = MONTHS[Number(date?.[2]) - 1]
  if (date?.[1] && date[3] && month) return [String(Number(date[1])), month, date[3]]
  if (/^\d{1,3}(?:\.\d{3})+$/.test(word)) return [word.replace(/\./g, '')]
  if (word.includes('/'))
    return [word.split('/').slice(0, 2).join('/'), ...word.split('/')].filter(piece => piece !== word)
  return []
}

/** The stems of a term of the lexicon, stop words included. */
export const lexiconStems = (term: string): readonly string[] => tokenize(term).map(stem)

/** The lexicon over the stems of this analysis. */
export function lexicon(): Lexicon {
  return loadLexicon(lexiconStems)
}

/** A concept's term found in a sequence of stems. */
export interface FoundTerm {
  /** The term's stems joined by a space. */
  readonly term: string
  /** Position of its first word, and after its last. */
  readonly start: number
  readonly end: number
}

/** Terms of several words of the lexicon in a sequence of stems, stop words included. */
export function findPhrases(stems: readonly string[]): FoundTerm[] {
  const { conceptsOf, longest } = lexicon()
  const found: FoundTerm[] = []
  for (let start = 0; start < stems.length; start++) {
    const most = longest.get(stems[start] as string)
    if (!most) continue
    let term = stems[start] as string
    for (let end = start + 1; end < stems.length && end < start + most; end++) {
      term += ` ${stems[end]}`
      if (conceptsOf.has(term)) found.push({ term, start, end: end + 1 })
    }
  }
  return found
}

/** Analyses one text. Deterministic; depends on nothing but the text and the shipped tables. */
export function analyze(text: string): AnalyzedText {
  const all = tokens(text)
  const { conceptsOf } = lexicon()
  const words: string[] = []
  const parts: string[] = []
  const grams: string[] = []
  const concepts: string[] = []
  for (const { word, stem: stemmed, stop } of all) {
    if (stop) continue
    words.push(stemmed)
    const split = splitCompound(word)
    if (split.length > 1) parts.push(...split)
    const padded = `_${word}_`
    for (let at = 0; at + 4 <= padded.length; at++) grams.push(padded.slice(at, at + 4))
    concepts.push(...(conceptsOf.get(stemmed) ?? []))
  }
  for (const { term } of findPhrases(all.map(token => token.stem)))
    concepts.push(...(conceptsOf.get(term) ?? []))
  const bigrams: string[] = []
  for (let at = 0; at + 1 < words.length; at++) bigrams.push(`${words[at]} ${words[at + 1]}`)
  return { words, parts, grams, bigrams, concepts }
}
