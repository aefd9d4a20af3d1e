/** Names, countries and acronyms of a sentence, and whether a source holds them. */
import { readFileSync } from 'node:fs'
import { fold, stem } from '../../ingest/analysis.js'
import { wordKind } from '../../ingest/word-table.js'
import type { Lexeme } from './lexemes.js'

/** One name of a text: one word, or several that the table knows as one name. */
export interface Name {
  /** As printed. */
  readonly text: string
  readonly folded: string
  /** Identifier of the table's line; `null` for a name that the table does not know. */
  readonly identity: string | null
  /** Positions of its first and after its last word among the lexemes. */
  readonly from: number
  readonly to: number
}

interface NameTable {
  /** Identifier by the folded words of a form, joined by a space. */
  readonly identities: ReadonlyMap<string, string>
  /** Folded forms that are written in capitals only: "OM" is a name, "Om" is not. */
  readonly acronyms: ReadonlySet<string>
  /** Number of words of the longest form. */
  readonly longest: number
}

let table: NameTable | undefined

function loadNames(): NameTable {
  if (table) return table
  const identities = new Map<string, string>()
  const acronyms = new Set<string>()
  let longest = 1
  for (const line of readFileSync(new URL('names.nl.tsv', import.meta.url), 'utf8').split('\n')) {
    const [identity, forms] = line.split('\t')
    if (!identity || !forms || line.startsWith('#')) continue
    for (const form of forms.split('|')) {
      const words = wordsOf(form)
      longest = Math.max(longest, words.length)
      const key = words.join(' ')
      if (!identities.has(key)) identities.set(key, identity)
      if (/^\p{Lu}+$/u.test(form)) acronyms.add(key)
    }
  }
  table = { identities, acronyms, longest }
  return table
}

function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

const capitalised = (text: string) => /^\p{Lu}/u.test(text)
const isAcronym = (text: string) => /^\p{Lu}[\p{L}\d]*\p{Lu}[\p{L}\d]*$/u.test(text)
const isRomanNumber = (text: string) => /^[IVX]+$/.test(text)

/**
 * The names of a text. A word that opens a sentence is a name only when the table or its form says so, because any word
 * is capitalised there.
 */
export function findNames(words: readonly Lexeme[], text: string): Name[] {
  const table = loadNames()
  const names: Name[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Lexeme
    if (!capitalised(word.text)) continue
    const known = longestForm(words, at, table)
    if (known) {
      names.push({
        text: text.slice(word.start, (words[known.to - 1] as Lexeme).end),
        folded: words
          .slice(at, known.to)
          .map(({ folded }) => folded)
          .join(' '),
        identity: known.identity,
        from: at,
        to: known.to,
      })
      at = known.to - 1
      continue
    }
    if (word.text.length < 2 || isRomanNumber(word.text)) continue
    const opens = opensSentence(text, word.start)
    const shouted = opens || isShouted(words, at)
    const isOrdinary = word.weight === 0 || word.parts.length > 1 || isDutchWord(word)
    if (isAcronym(word.text) ? !shouted || word.text.length < 7 : !shouted || !isOrdinary)
      names.push({ text: word.text, folded: word.folded, identity: null, from: at, to: at + 1 })
  }
  return names
}

/** Least letters of a known word at the end of an unknown one that make it a Dutch compound. */
const LEAST_HEAD = 5

/** Whether a word is Dutch rather than a name: known, a comparative of a known word, or ending in a known word. */
function isDutchWord({ folded, stem: stemmed }: Lexeme): boolean {
  const isKnown = (word: string) => (wordKind(word)?.frequency ?? -1) >= 0
  if (isKnown(stemmed) || (folded.endsWith('er') && isKnown(stem(folded.slice(0, -2))))) return true
  for (let at = 3; at <= stemmed.length - LEAST_HEAD; at++)
    if ((wordKind(stemmed.slice(at))?.frequency ?? 0) >= 6) return true
  return false
}

function longestForm(
  words: readonly Lexeme[],
  at: number,
  { identities, acronyms, longest }: NameTable,
): { identity: string; to: number } | undefined {
  for (let length = Math.min(longest, words.length - at); length > 0; length--) {
    const key = words
      .slice(at, at + length)
      .map(({ folded }) => folded)
      .join(' ')
    const identity = identities.get(key)
    const isSpelled = !acronyms.has(key) || /^\p{Lu}+$/u.test((words[at] as Lexeme).text)
    if (identity && isSpelled) return { identity, to: at + length }
  }
  return undefined
}

function opensSentence(text: string, start: number): boolean {
  return /(?:^|[.!?:;•–]|^\d+\.)["“‘'(\s*]*$/u.test(text.slice(Math.max(0, start - 6), start)) || start < 2
}

/** Whether the neighbours are in capitals too, so that capitals make no name: "BOUWEN AAN MIGRATIEPARTNERSCHAPPEN". */
function isShouted(words: readonly Lexeme[], at: number): boolean {
  const neighbours = [words[at - 1], words[at + 1]].filter(word => word !== undefined && word.text.length > 3)
  return neighbours.length > 0 && neighbours.every(word => /^[\p{Lu}\d]+$/u.test((word as Lexeme).text))
}

/** What a source says by name: identities of the table, words, and acronyms that its own long forms give. */
export interface NameStock {
  readonly identities: ReadonlySet<string>
  /** Folded words. */
  readonly words: ReadonlySet<string>
  /** Folded words of at least six letters, for damaged spellings. */
  readonly longWords: readonly string[]
  /** Initials of runs of capitalised words, folded: "Global Commission on International Migration" gives "gcim". */
  readonly initials: ReadonlySet<string>
}

/** Longest small word within a name: "voor", "van", "of". */
const LONGEST_LINK = 4

/** Collects what the given texts say by name. */
export function nameStock(
  texts: readonly { readonly words: readonly Lexeme[]; readonly text: string }[],
): NameStock {
  const identities = new Set<string>()
  const words = new Set<string>()
  const initials = new Set<string>()
  for (const { words: lexemes, text } of texts) {
    for (const { identity } of findNames(lexemes, text)) if (identity) identities.add(identity)
    for (const { folded } of lexemes) words.add(folded)
    let run = ''
    for (const { text: printed } of lexemes) {
      if (capitalised(printed) && printed.length > 1) run += printed[0]
      else if (printed.length > LONGEST_LINK) run = ''
      // The run may begin with an article: "De Nationale Raad voor Bomen".
      for (let start = 0; start <= run.length - 2; start++) initials.add(run.slice(start).toLowerCase())
    }
  }
  return { identities, words, initials, longWords: [...words].filter(word => word.length >= 6) }
}

/**
 * Whether a source holds a name.
 *
 * @param isWordOfSource whether the source has the word in another form, asked for names that the table does not know
 */
export function holdsName(
  stock: NameStock,
  name: Name,
  isWordOfSource: (position: number) => boolean,
): boolean {
  if (name.identity !== null) return stock.identities.has(name.identity)
  if (stock.words.has(name.folded)) return true
  if (isAcronym(name.text)) return stock.initials.has(name.folded)
  if (isWordOfSource(name.from)) return true
  return stock.longWords.some(word => isSpellingOf(name.folded, word))
}

/** Whether two words of at least six letters differ in one letter: damage of recognition, or a genitive s. */
function isSpellingOf(left: string, right: string): boolean {
  if (left.length < 6 || Math.abs(left.length - right.length) > 1) return false
  // Two names that the table knows apart are two names ("Gambia", "Zambia").
  const { identities } = loadNames()
  if (identities.has(left) && identities.has(right)) return false
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start++
  let [leftEnd, rightEnd] = [left.length, right.length]
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd--
    rightEnd--
  }
  return leftEnd - start <= 1 && rightEnd - start <= 1
}
