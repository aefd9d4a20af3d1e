/** Which words of a sentence meet which words of a source, and in which of its sentences they do so best. */
import { isClose } from '../../ingest/lexicon.js'
import { splitSentences } from '../sentences.js'
import { type Lexeme, lexemes, type WordForms } from './lexemes.js'

/** A text made ready for comparing sentences with it. */
export interface PreparedText {
  readonly text: string
  readonly words: readonly Lexeme[]
  /** Half-open ranges of `words`, one per sentence, with their ranges of the text. */
  readonly sentences: readonly {
    readonly from: number
    readonly to: number
    readonly start: number
    readonly end: number
  }[]
  /** Positions in `words`. */
  readonly byStem: ReadonlyMap<string, readonly number[]>
  readonly byPart: ReadonlyMap<string, readonly number[]>
  readonly byConcept: ReadonlyMap<string, readonly number[]>
}

/** How well one word of a sentence is met. */
export interface Match {
  /** In what way they meet; `null` when nothing meets the word. */
  readonly way: keyof typeof STRENGTH | null
  /** 0..1; 1 for the same stem. */
  readonly strength: number
  /** Positions in the source's words. */
  readonly places: readonly number[]
}

/** Strengths by the way in which two words meet, chosen with `npm run evals -- verifier` on the development sentences. */
const STRENGTH = {
  stem: 1,
  parts: 0.9,
  part: 0.75,
  /** Near synonyms, unlike words of one subject. */
  synonym: 0.85,
  concept: 0.75,
  spelling: 0.85,
  family: 0.35,
} as const
/** What is left of the strength of a compound whose last part, which says what it is, meets nothing. */
const HEADLESS = 0.5
/** Least share of common 4-grams (Dice) for two spellings of one word. */
const LEAST_SPELLING = 0.62
/** Most characters between two sentences that follow each other. */
const WIDEST_SPACE = 3
const NO_MATCH: Match = { way: null, strength: 0, places: [] }

/**
 * Prepares a text.
 *
 * @param repaired the same text with damage repaired, where there is one: a damaged word also counts as its repaired form
 */
export function prepareText(text: string, repaired?: string): PreparedText {
  const printed = lexemes(text)
  const words =
    repaired === undefined || repaired === text ? printed : withRepairs(printed, lexemes(repaired))
  const byStem = new Map<string, number[]>()
  const byPart = new Map<string, number[]>()
  const byConcept = new Map<string, number[]>()
  const add = (map: Map<string, number[]>, key: string, position: number) => {
    const known = map.get(key)
    if (known) known.push(position)
    else map.set(key, [position])
  }
  for (const [position, word] of words.entries()) {
    add(byStem, word.stem, position)
    if (word.parts.length > 1) for (const part of word.parts) add(byPart, part, position)
    for (const concept of word.concepts) add(byConcept, concept, position)
  }
  return { text, words, sentences: sentenceRanges(text, words), byStem, byPart, byConcept }
}

function sentenceRanges(text: string, words: readonly Lexeme[]) {
  let from = 0
  return splitSentences(text)
    .map(({ start, end }) => {
      let to = from
      while (to < words.length && (words[to] as Lexeme).start < end) to++
      const range = { from, to, start, end }
      from = to
      return range
    })
    .filter(({ from: first, to }) => to > first)
}

/** Gives words that only the printed text has the forms of the word that only the repaired text has in their place. */
function withRepairs(printed: readonly Lexeme[], repaired: readonly Lexeme[]): readonly Lexeme[] {
  const printedWords = new Set(printed.map(({ folded }) => folded))
  const repairedWords = new Set(repaired.map(({ folded }) => folded))
  const onlyRepaired = repaired.filter(({ folded }) => !printedWords.has(folded))
  if (onlyRepaired.length === 0) return printed
  return printed.map(word => {
    if (repairedWords.has(word.folded)) return word
    const better = mostAlike(word, onlyRepaired)
    if (!better) return word
    const { stem, parts, concepts, grams, weight, folded } = better
    return { ...word, stem, parts, concepts, grams, weight, folded }
  })
}

function mostAlike(word: WordForms, others: readonly Lexeme[]): Lexeme | undefined {
  let best: Lexeme | undefined
  let most = 0.3
  for (const other of others) {
    const shared = dice(word.grams, other.grams)
    if (shared > most) [best, most] = [other, shared]
  }
  return best
}

function dice(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0
  for (const gram of left) if (right.has(gram)) shared++
  return (2 * shared) / (left.size + right.size)
}

/** How a word is met by a text. */
function matchWord(word: Lexeme, source: PreparedText): Match {
  const same = source.byStem.get(word.stem)
  if (same)
    return {
      way: 'stem',
      strength: STRENGTH.stem,
      places: [...same, ...(source.byPart.get(word.stem) ?? [])],
    }
  if (/\d/.test(word.folded)) return NO_MATCH
  if (word.parts.length > 1) {
    const places = word.parts.map(part => source.byStem.get(part) ?? source.byPart.get(part) ?? [])
    const met = places.filter(each => each.length > 0).length
    if (met === word.parts.length) return { way: 'parts', strength: STRENGTH.parts, places: places.flat() }
    if (met > 0) {
      const isHeadMet = (places.at(-1)?.length ?? 0) > 0
      const byConcept = matchConcept(word, source)
      const partial: Match = {
        way: 'part',
        strength: ((STRENGTH.part * met) / word.parts.length) * (isHeadMet ? 1 : HEADLESS),
        places: places.flat(),
      }
      return byConcept.strength > partial.strength ? byConcept : partial
    }
  }
  const within = source.byPart.get(word.stem)
  if (within) return { way: 'part', strength: STRENGTH.part, places: within }
  const byConcept = matchConcept(word, source)
  const byForm = matchForm(word, source)
  return byForm.strength > byConcept.strength ? byForm : byConcept
}

function matchConcept(word: Lexeme, source: PreparedText): Match {
  const placesOf = (concepts: readonly string[]) => [
    ...new Set(concepts.flatMap(concept => source.byConcept.get(concept) ?? [])),
  ]
  const synonyms = placesOf(word.concepts.filter(isClose))
  if (synonyms.length > 0) return { way: 'synonym', strength: STRENGTH.synonym, places: synonyms }
  const places = placesOf(word.concepts)
  return places.length === 0 ? NO_MATCH : { way: 'concept', strength: STRENGTH.concept, places }
}

/** Another spelling of the word, or another word of its family: "financiering" and "financieel". */
function matchForm(word: Lexeme, source: PreparedText): Match {
  if (word.folded.length < 5) return NO_MATCH
  let best = NO_MATCH
  for (const [stemmed, places] of source.byStem) {
    if (stemmed.length < 4) continue
    const other = source.words[places[0] as number] as Lexeme
    const alike = word.folded.length >= 6 ? dice(word.grams, other.grams) : 0
    const way = alike >= LEAST_SPELLING ? 'spelling' : isFamily(word.stem, stemmed) ? 'family' : null
    if (way && STRENGTH[way] > best.strength) best = { way, strength: STRENGTH[way], places }
  }
  return best
}

function isFamily(left: string, right: string): boolean {
  const shortest = Math.min(left.length, right.length)
  if (shortest < 5) return false
  let shared = 0
  while (shared < shortest && left[shared] === right[shared]) shared++
  return shared >= 5 && shared >= 0.75 * shortest && shared >= 0.5 * Math.max(left.length, right.length)
}

/** A sentence laid beside a source. */
export interface Alignment {
  readonly matches: readonly Match[]
  /** Half-open range of the source's sentences in which the sentence is met best: one, or two that follow each other. */
  readonly first: number
  readonly last: number
  /** Share of the sentence's weight that the whole source meets, 0..1. */
  readonly coverage: number
  /** The same within the best two sentences of the source. */
  readonly windowCoverage: number
  /** The same within the best one. */
  readonly sentenceCoverage: number
}

/**
 * Aligns a sentence with a source.
 *
 * @param words the words of the sentence
 * @param weights weight of each word; 0 leaves it out
 */
export function align(words: readonly Lexeme[], weights: readonly number[], source: PreparedText): Alignment {
  const matches = words.map((word, at) =>
    weights[at] === 0 && word.weight === 0 ? matchExactly(word, source) : matchWord(word, source),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const share = (from: number, to: number) => {
    if (total === 0) return 0
    let met = 0
    for (const [at, { strength, places }] of matches.entries())
      if (strength > 0 && places.some(place => place >= from && place < to))
        met += (weights[at] as number) * strength
    return met / total
  }
  const { sentences } = source
  let [first, last, sentenceCoverage] = [0, Math.min(1, sentences.length), 0]
  for (const [at, { from, to }] of sentences.entries()) {
    const covered = share(from, to)
    if (covered > sentenceCoverage) [first, last, sentenceCoverage] = [at, at + 1, covered]
  }
  let windowCoverage = sentenceCoverage
  for (const start of [first - 1, first]) {
    const [left, right] = [sentences[start], sentences[start + 1]]
    // Sentences with a gap between them, where something was left out, make no quote together.
    if (!left || !right || right.start - left.end > WIDEST_SPACE) continue
    const covered = share(left.from, right.to)
    // A second sentence must bring something of its own.
    if (covered > windowCoverage + 0.08) [windowCoverage, last] = [covered, start + 2]
    else continue
    first = start
  }
  return { matches, first, last, coverage: share(0, source.words.length), windowCoverage, sentenceCoverage }
}

function matchExactly(word: Lexeme, source: PreparedText): Match {
  const places = source.byStem.get(word.stem)
  return places ? { way: 'stem', strength: STRENGTH.stem, places } : NO_MATCH
}
