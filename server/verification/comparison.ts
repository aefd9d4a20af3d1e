/** The words of a sentence laid beside those of its source, and the places in it that words speak of. */
import { type Lexeme, TELLING } from './lexemes.js'

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
  /** For each word of the sentence whether it meets the same word or a part of it there, and no mere synonym. */
  readonly isSameWord: readonly boolean[]
  /** Half-open range of the source's words that the sentence is best aligned with. */
  readonly from: number
  readonly to: number
  /** Half-open ranges of the source's words, one for each of its sentences. */
  readonly ranges: readonly { readonly from: number; readonly to: number }[]
}

/** The sentence of the source that holds a place: what stands in another one denies or limits nothing here. */
export function sentenceAt({ ranges, source }: Comparison, place: number): { from: number; to: number } {
  return ranges.find(({ from, to }) => place >= from && place < to) ?? { from: 0, to: source.length }
}

/** Positions in the source that a word of the sentence meets: those in the aligned part, where there are any. */
export function metPlaces({ meets, from, to }: Comparison, position: number): readonly number[] {
  const places = meets[position] ?? []
  const inside = places.filter(place => place >= from && place < to)
  return inside.length > 0 ? inside : places
}

/** Position of the nearest telling word on one side of a word, in its clause; −1 when there is none. */
export function neighbour(words: readonly Lexeme[], at: number, step: number): number {
  for (let next = at + step; next >= 0 && next < words.length; next += step) {
    if (step > 0 && words[next]?.clauseStart) return -1
    if ((words[next] as Lexeme).weight >= TELLING) return next
    if (step < 0 && words[next]?.clauseStart) return -1
  }
  return -1
}

/** Least distance in words between two sets of places; infinite when one is empty. */
export function nearest(left: readonly number[], right: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const from of left)
    for (const to of right) if (from !== to) least = Math.min(least, Math.abs(from - to))
  return least
}

/** Places of the words of a source that have one of these stems, whole or as a part of a compound. */
export function placesOf(source: readonly Lexeme[], stems: ReadonlySet<string>): number[] {
  const places: number[] = []
  for (const [place, word] of source.entries())
    if (stems.has(word.stem) || (word.parts.length > 1 && word.parts.some(part => stems.has(part))))
      places.push(place)
  return places
}

/** Half-open range of the source's clause that holds a place. */
export function clauseAt(comparison: Comparison, place: number): { from: number; to: number } {
  const { source } = comparison
  const whole = sentenceAt(comparison, place)
  let [from, to] = [place, place + 1]
  while (from > whole.from && !source[from]?.clauseStart) from--
  while (to < whole.to && !source[to]?.clauseStart) to++
  return { from, to }
}

/** The clause in the aligned part of the source that meets most of a sentence's weight; `undefined` when none meets any. */
export function metClause(comparison: Comparison): { from: number; to: number } | undefined {
  const { sentence, meets, from, to } = comparison
  const clauses: { from: number; to: number; met: number }[] = []
  const clauseOf = new Map<number, number>()
  for (let start = from; start < to; ) {
    const clause = clauseAt(comparison, start)
    for (let place = clause.from; place < clause.to; place++) clauseOf.set(place, clauses.length)
    clauses.push({ ...clause, met: 0 })
    start = Math.max(start + 1, clause.to)
  }
  for (const [at, places] of meets.entries()) {
    const { weight } = sentence[at] as Lexeme
    if (weight === 0) continue
    for (const index of new Set(places.map(place => clauseOf.get(place)))) {
      const clause = clauses[index ?? -1]
      if (clause) clause.met += weight
    }
  }
  let best: { from: number; to: number; met: number } | undefined
  for (const clause of clauses) if (clause.met > (best?.met ?? 0)) best = clause
  return best
}
