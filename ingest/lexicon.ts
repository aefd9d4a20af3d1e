/** Concepts: everyday and policy words for one thing. */
import { readFileSync } from 'node:fs'

/** The lexicon by the stems of its terms. */
export interface Lexicon {
  /** Names of the concepts that a term belongs to; a term of several words is keyed by its stems joined by a space. */
  readonly conceptsOf: ReadonlyMap<string, readonly string[]>
  /** Terms of a concept, each as its stems joined by a space. */
  readonly termsOf: ReadonlyMap<string, readonly string[]>
  /** For the first stem of the terms of several words, the number of words of the longest. */
  readonly longest: ReadonlyMap<string, number>
}

let lexicon: Lexicon | undefined

/**
 * The shipped lexicon, read on first use.
 *
 * @param toStems the words of a term as stems, stop words included
 */
export function loadLexicon(toStems: (term: string) => readonly string[]): Lexicon {
  lexicon ??= parseLexicon(`${readTable('lexicon.nl.tsv')}\n${synonymGroups()}`, toStems)
  return lexicon
}

/**
 * The lexicon as text, for `useLexicon`.
 *
 * @param toStems as for `loadLexicon`
 */
export function lexiconText(toStems: (term: string) => readonly string[]): string {
  const { conceptsOf, termsOf, longest } = loadLexicon(toStems)
  return JSON.stringify([[...conceptsOf], [...termsOf], [...longest]])
}

/** Takes the lexicon from what `lexiconText` gave for the same tables and the same stems. */
export function useLexicon(text: string): void {
  const [conceptsOf, termsOf, longest] = JSON.parse(text)
  lexicon = { conceptsOf: new Map(conceptsOf), termsOf: new Map(termsOf), longest: new Map(longest) }
}

const readTable = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

/** Begins the names of groups whose terms mean nearly the same. */
const CLOSE = '='

/** Whether the terms of a concept mean nearly the same, and not only belong to one subject. */
export function isClose(concept: string): boolean {
  return concept.startsWith(CLOSE)
}

/** The table of synonyms as concepts, each named after its first term and its line. */
function synonymGroups(): string {
  return readTable('tables/synonyms.nl.tsv')
    .split('\n')
    .map((line, number) => (line.startsWith('#') || line === '' ? '' : `${CLOSE}${number}\t${line}`))
    .join('\n')
}

/** Reads a lexicon: a line for each concept with its name, a tab, and its terms separated by `|`. */
function parseLexicon(table: string, toStems: (term: string) => readonly string[]): Lexicon {
  const conceptsOf = new Map<string, string[]>()
  const termsOf = new Map<string, string[]>()
  const longest = new Map<string, number>()
  for (const line of table.split('\n')) {
    const [concept, terms] = line.split('\t')
    if (!concept || !terms || line.startsWith('#')) continue
    for (const term of terms.split('|')) {
      const stems = toStems(term)
      const [first] = stems
      if (first === undefined) continue
      const key = stems.join(' ')
      const concepts = conceptsOf.get(key) ?? []
      if (!concepts.includes(concept)) conceptsOf.set(key, [...concepts, concept])
      const known = termsOf.get(concept) ?? []
      if (!known.includes(key)) termsOf.set(concept, [...known, key])
      if (stems.length > 1) longest.set(first, Math.max(longest.get(first) ?? 0, stems.length))
    }
  }
  return { conceptsOf, termsOf, longest }
}
