/**
 * Dutch text analysis: from a text to the terms by which it is found. Questions and paragraphs pass through the same
 * functions, so that they meet.
 */
import { readFileSync } from 'node:fs'
import { stem } from './stemming.js'

export { stem }

/** Changes whenever the terms of any text change; an index built with another version is refused. */
export const ANALYZER_VERSION = 2

/** The terms of one text. Repeats are kept: their number is the term's frequency. */
export interface AnalyzedText {
  /** Stemmed words without stop words. "niet" and "geen" are kept. */
  readonly words: readonly string[]
  /** Character 4-grams within words; they carry OCR damage and typing errors. */
  readonly grams: readonly string[]
  /** Pairs of neighbouring stemmed words. */
  readonly bigrams: readonly string[]
  /** Ids of lexicon concepts that the text names. */
  readonly concepts: readonly string[]
}

/** Words that say nothing about the subject. */
const STOP_WORDS = new Set(
  (
    'de het een en of van in op te ten ter met voor door aan bij als dat die dit deze der des den er is zijn was waren ' +
    'wordt worden werd werden geworden heeft hebben had hadden om naar uit over tot ook al dan nog maar want omdat zo ' +
    'zich hun haar hem hen zij ze wij we ik je jij u uw mijn ons onze wat welke welk wie waar wanneer hoe waarom ' +
    'waarvoor waarmee waarover waarin kan kunnen zal zullen zou zouden moet moeten mag mogen wil willen staat daar hier ' +
    'iets alle alles andere ander volgens toch wel eens heb hij ben bent'
  ).split(' '),
)

/** Lower case, composed, without diacritics or apostrophes. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[’'`´]/g, '')
}

/** The words of a text in order, folded: runs of letters and digits. */
export function tokenize(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Whether a folded word says nothing about the subject. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word)
}

interface Lexicon {
  /** Concept ids by the stemmed words of a term, joined by a space. */
  readonly concepts: ReadonlyMap<string, readonly string[]>
  /** Number of words of the longest term. */
  readonly longest: number
}

let lexicon: Lexicon | undefined

function loadLexicon(): Lexicon {
  if (lexicon) return lexicon
  const concepts = new Map<string, string[]>()
  let longest = 1
  const table = readFileSync(new URL('lexicon.nl.tsv', import.meta.url), 'utf8')
  for (const line of table.split('\n')) {
    const [concept, terms] = line.split('\t')
    if (!concept || !terms) continue
    for (const term of terms.split('|')) {
      const stems = tokenize(term).map(stem)
      if (stems.length === 0) continue
      longest = Math.max(longest, stems.length)
      const key = stems.join(' ')
      const known = concepts.get(key)
      if (!known) concepts.set(key, [concept])
      else if (!known.includes(concept)) known.push(concept)
    }
  }
  lexicon = { concepts, longest }
  return lexicon
}

function findConcepts(stems: readonly string[]): string[] {
  const { concepts, longest } = loadLexicon()
  const found: string[] = []
  for (let start = 0; start < stems.length; start++) {
    for (let length = 1; length <= longest && start + length <= stems.length; length++) {
      const hit = concepts.get(stems.slice(start, start + length).join(' '))
      if (hit) found.push(...hit)
    }
  }
  return found
}

/** Analyses one text. Deterministic; depends on nothing but the text and the shipped tables. */
export function analyze(text: string): AnalyzedText {
  const tokens = tokenize(text)
  const allStems = tokens.map(stem)
  const words: string[] = []
  const grams: string[] = []
  for (const [index, token] of tokens.entries()) {
    if (STOP_WORDS.has(token)) continue
    words.push(allStems[index] as string)
    const padded = `_${token}_`
    for (let at = 0; at + 4 <= padded.length; at++) grams.push(padded.slice(at, at + 4))
  }
  const bigrams: string[] = []
  for (let at = 0; at + 1 < words.length; at++) bigrams.push(`${words[at]} ${words[at + 1]}`)
  return { words, grams, bigrams, concepts: findConcepts(allStems) }
}
