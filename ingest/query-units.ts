/** From the words of a question to what may stand for each of them in a text. */
import { findPhrases, isEveryday, lexicon, type Token, tokens } from './analysis.js'
import { splitCompound } from './compounds.js'
import { identifierTerms } from './identifiers.js'
import { isClose } from './lexicon.js'
import { stem } from './stemming.js'
import type { TermIndex } from './term-index.js'
import type { Vocabulary } from './vocabulary.js'
import { wordKind } from './word-table.js'

/** A word of a question. */
export interface QueryWord extends Token {
  /** How much it counts, 0..1: a word of an earlier turn or one that only names the document counts less. */
  readonly weight: number
  /**
   * The terms of the official number that it is a piece of, the most exact first; the same array for all pieces. The number
   * stands for its pieces where the corpus knows it.
   */
  readonly number?: readonly string[]
}

/** A word of the question with its weight, and the pieces by which a text can hold it. */
export interface QueryUnit {
  readonly word: string
  readonly stem: string
  /** Weight of the word as it was given, 0..1. */
  readonly given: number
  /** Rarity in the corpus, in nats, times the weight of the word. */
  readonly weight: number
  /** How a text of the corpus can hold the word at best: `none` when it cannot at all. */
  readonly known: 'exact' | 'form' | 'spelling' | 'part' | 'concept' | 'none'
  /** Atom of the whole word. */
  readonly atom: number
  /** Atoms of the parts of a compound; empty otherwise. */
  readonly partAtoms: readonly number[]
}

/** Something of a question that a term of the corpus can stand for. */
export interface AtomMatch {
  readonly atom: number
  /** How well the term stands for it: 1 is the word itself. */
  readonly level: number
}

/** A question, ready to be matched. */
export interface QueryUnits {
  readonly units: readonly QueryUnit[]
  readonly atomCount: number
  /** For each term of the corpus that stands for something of the question: for what, and how well. */
  readonly terms: ReadonlyMap<number, readonly AtomMatch[]>
}

/** How well something stands for a word of the question, 0..1. Changed by nothing but `npm run evals -- ablation`. */
export const LEVELS = {
  /** Another form of the word: a misspelt ending, a number in digits, an acronym for its long form. */
  form: 0.95,
  /** A word derived from the same root: "evaluatie" for "evalueren". */
  derived: 0.75,
  /** A compound that is a kind of the thing: "migratiepartnerschap" for "partnerschap". */
  compoundHead: 0.6,
  /** A compound in which the word says which one: "migratiepartnerschap" for "migratie". */
  compoundModifier: 0.5,
  /** A word that means nearly the same; of a compound with it this share. */
  synonym: 0.75,
  /** Another word for it by the lexicon. */
  concept: 0.5,
  /** A compound with such a word. */
  conceptCompound: 0.3,
  /** All parts of a compound, apart. */
  parts: 0.85,
  /** A word spelled nearly the same. */
  spelling: 0.9,
}

/** How much an everyday word counts beside others. */
const EVERYDAY = { factor: 0.7 }

/** Most compounds that stand for one part, those in most paragraphs first. */
const MOST_COMPOUNDS = 60

const NUMBER_WORDS =
  'nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig'.split(
    ' ',
  )
const TENS: Readonly<Record<string, string>> = {
  dertig: '30',
  veertig: '40',
  vijftig: '50',
  zestig: '60',
  zeventig: '70',
  tachtig: '80',
  negentig: '90',
  honderd: '100',
}

/** The same number in words or digits. */
function numberForms(word: string): string[] {
  if (/^\d+$/.test(word)) {
    const inWords = NUMBER_WORDS[Number(word)] ?? Object.keys(TENS).find(tens => TENS[tens] === word)
    return inWords ? [inWords] : []
  }
  const value = NUMBER_WORDS.indexOf(word)
  if (value > 1) return [String(value)]
  return TENS[word] ? [TENS[word]] : []
}

/** Endings of stems with one root: a stem that ends in one may stand for the stems that end in the others. */
const ROOT_ENDINGS: readonly (readonly string[])[] = [
  ['atie', 'er', 'ant', 'ator', 'atief'],
  ['itie', 'ier'],
  ['ie', 'er', 'or', 'ief'],
  ['ie', 'isch'],
  ['iteit', 'el', 'al', ''],
  ['iviteit', 'ief'],
  ['isme', 'ist', 'istisch'],
  ['heid', ''],
  ['lijk', ''],
  ['ar', ''],
  ['er', ''],
  ['schap', ''],
  ['baar', ''],
]

/** Stems with the root of a stem, whether or not they are words. */
function derivations(stemmed: string): string[] {
  const found: string[] = []
  for (const endings of ROOT_ENDINGS) {
    for (const ending of endings) {
      if (!stemmed.endsWith(ending)) continue
      const root = stemmed.slice(0, stemmed.length - ending.length)
      if (root.length < 4) continue
      for (const other of endings) if (other !== ending) found.push(root + other)
    }
  }
  return found
}

class UnitBuilder {
  readonly terms = new Map<number, AtomMatch[]>()
  atomCount = 0

  newAtom(): number {
    return this.atomCount++
  }

  allow(term: number, atom: number, level: number): void {
    const known = this.terms.get(term)
    if (!known) {
      this.terms.set(term, [{ atom, level }])
      return
    }
    const at = known.findIndex(match => match.atom === atom)
    if (at < 0) known.push({ atom, level })
    else if ((known[at] as AtomMatch).level < level) known[at] = { atom, level }
  }
}

/**
 * Prepares a question.
 *
 * @param words in order, stop words included, so that phrases are found
 */
export function buildUnits(
  words: readonly QueryWord[],
  index: TermIndex,
  vocabulary: Vocabulary,
): QueryUnits {
  const builder = new UnitBuilder()
  const units: QueryUnit[] = []
  const conceptsAt = findConcepts(words, index)
  for (const [position, word] of words.entries()) {
    const number = word.number?.find(term => vocabulary.id(term) !== undefined)
    if (number !== undefined) {
      if (words[position - 1]?.number === word.number) continue
      units.push(buildUnit([numberWord(number, words, position)], 0, [], builder, vocabulary))
      continue
    }
    if (word.stop || word.weight <= 0) continue
    units.push(buildUnit(words, position, conceptsAt[position] ?? [], builder, vocabulary))
  }
  return { units, atomCount: builder.atomCount, terms: builder.terms }
}

/** An official number as one word, which counts as much as the piece that counts most. */
function numberWord(term: string, words: readonly QueryWord[], position: number): QueryWord {
  const { number } = words[position] as QueryWord
  const pieces = words.filter(word => word.number === number)
  return { word: term, stem: term, stop: false, weight: Math.max(...pieces.map(({ weight }) => weight)) }
}

/** Terms that stand for the words at each position by the lexicon or by an acronym of the corpus. */
function findConcepts(words: readonly QueryWord[], index: TermIndex): { term: string; level: number }[][] {
  const { conceptsOf, termsOf } = lexicon()
  const stems = words.map(({ stem: stemmed }) => stemmed)
  const found: { term: string; level: number }[][] = words.map(() => [])
  const addConcept = (key: string, start: number, end: number) => {
    for (const concept of conceptsOf.get(key) ?? [])
      for (const term of termsOf.get(concept) ?? [])
        if (term !== key)
          for (let at = start; at < end; at++)
            found[at]?.push({ term, level: isClose(concept) ? LEVELS.synonym : LEVELS.concept })
    // The phrase itself stands for each of its words.
    if (end - start > 1) for (let at = start; at < end; at++) found[at]?.push({ term: key, level: 1 })
  }
  for (const [at, stemmed] of stems.entries()) addConcept(stemmed, at, at + 1)
  for (const { term, start, end } of findPhrases(stems)) addConcept(term, start, end)
  for (const line of index.aliases) {
    const [acronym = '', longForm = ''] = line.split('\t')
    const wanted = longForm.split(' ')
    for (let start = 0; start + wanted.length <= stems.length; start++) {
      if (!wanted.every((stemmed, offset) => stems[start + offset] === stemmed)) continue
      for (let at = start; at < start + wanted.length; at++)
        found[at]?.push({ term: acronym, level: LEVELS.form })
    }
  }
  return found
}

function buildUnit(
  words: readonly QueryWord[],
  position: number,
  concepts: readonly { term: string; level: number }[],
  builder: UnitBuilder,
  vocabulary: Vocabulary,
): QueryUnit {
  const { word, stem: stemmed, weight } = words[position] as QueryWord
  const atom = builder.newAtom()
  let known: QueryUnit['known'] = 'none'
  /** Paragraphs that hold the word, or where none does, that hold what stands for it, in parts by how well it does. */
  let frequency = 0
  const allow = (term: string, level: number, how: QueryUnit['known']): number | undefined => {
    const id = vocabulary.id(term)
    if (id === undefined) return undefined
    builder.allow(id, atom, level)
    if (known === 'none') known = how
    frequency += level * vocabulary.documentFrequency(id)
    return id
  }
  allow(stemmed, 1, 'exact')
  for (const form of numberForms(word)) allow(form, LEVELS.form, 'form')
  const next = words[position + 1]
  const previous = words[position - 1]
  for (const [left, right] of [
    [word, next?.word],
    [previous?.word, word],
  ])
    if (left && right && left.length > 2 && right.length > 2)
      for (const link of ['', 's']) allow(stem(left + link + right), LEVELS.form, 'form')
  const exact = known !== 'none'
  for (const derived of derivations(stemmed)) allow(derived, LEVELS.derived, 'form')
  const parts = splitCompound(word)
  const isWord = wordKind(stemmed) !== undefined || parts.length > 1
  if (!exact && !isWord) allowMisspelt(word, stemmed, allow, vocabulary)
  allowCompounds(stemmed, atom, 1, builder, vocabulary)
  const beforeConcepts = known
  let conceptFrequency = 0
  for (const { term, level } of concepts) {
    const id = vocabulary.id(term)
    if (id === undefined) continue
    builder.allow(id, atom, level)
    conceptFrequency += level * vocabulary.documentFrequency(id)
    if (known === 'none') known = 'concept'
    if (!term.includes(' '))
      allowCompounds(
        term,
        atom,
        level > LEVELS.concept ? LEVELS.synonym : LEVELS.conceptCompound / LEVELS.compoundHead,
        builder,
        vocabulary,
      )
  }
  const partAtoms: number[] = []
  let partFrequency = 0
  if (parts.length > 1) {
    for (const part of parts) {
      const partAtom = builder.newAtom()
      partAtoms.push(partAtom)
      const id = vocabulary.id(part)
      if (id !== undefined) {
        builder.allow(id, partAtom, 1)
        partFrequency = Math.max(partFrequency, vocabulary.documentFrequency(id))
        if (known === 'none') known = 'part'
      }
      allowCompounds(part, partAtom, 1, builder, vocabulary)
      for (const concept of lexicon().conceptsOf.get(part) ?? [])
        for (const term of lexicon().termsOf.get(concept) ?? []) {
          const other = vocabulary.id(term)
          if (other !== undefined)
            builder.allow(other, partAtom, isClose(concept) ? LEVELS.synonym : LEVELS.concept)
        }
    }
  }
  const estimated = beforeConcepts !== 'none' ? frequency : partFrequency || conceptFrequency
  const everyday = isEveryday(stemmed) ? EVERYDAY.factor : 1
  return {
    word,
    stem: stemmed,
    given: weight * everyday,
    weight: weight * everyday * vocabulary.rarity(estimated),
    known,
    atom,
    partAtoms,
  }
}

function allowMisspelt(
  word: string,
  stemmed: string,
  allow: (term: string, level: number, how: QueryUnit['known']) => number | undefined,
  vocabulary: Vocabulary,
): void {
  // The final n is not spoken: "worde" for "worden".
  if (word.endsWith('e') && allow(stem(`${word}n`), LEVELS.form, 'spelling') !== undefined) return
  if (/\d/.test(word)) return
  for (const { term, similarity } of vocabulary.similar(stemmed)) {
    const name = vocabulary.term(term)
    allow(name, LEVELS.spelling * similarity, 'spelling')
  }
}

function allowCompounds(
  part: string,
  atom: number,
  factor: number,
  builder: UnitBuilder,
  vocabulary: Vocabulary,
): void {
  let compounds = vocabulary.compoundsWith(part)
  if (compounds.length > MOST_COMPOUNDS)
    compounds = [...compounds]
      .sort((left, right) => vocabulary.documentFrequency(right) - vocabulary.documentFrequency(left))
      .slice(0, MOST_COMPOUNDS)
  for (const compound of compounds)
    builder.allow(
      compound,
      atom,
      factor * (vocabulary.endsWith(compound, part) ? LEVELS.compoundHead : LEVELS.compoundModifier),
    )
}

/** Tells the words of a text which official number they are a piece of. */
export function withNumbers<Word extends Token>(
  words: readonly Word[],
  text: string,
): (Word & Pick<QueryWord, 'number'>)[] {
  const found: (Word & Pick<QueryWord, 'number'>)[] = [...words]
  let from = 0
  for (const { start, end, terms } of identifierTerms(text)) {
    const pieces = tokens(text.slice(start, end)).map(({ word }) => word)
    const at = found.findIndex(
      (_, index) => index >= from && pieces.every((piece, offset) => found[index + offset]?.word === piece),
    )
    if (at < 0) continue
    from = at + pieces.length
    for (let index = at; index < from; index++) found[index] = { ...(found[index] as Word), number: terms }
  }
  return found
}
