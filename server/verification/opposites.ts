/** Does a sentence say a word whose opposite the source says there? By a table, and by the prefixes "on-" and "niet-". */
import { readFileSync } from 'node:fs'
import { stem, tokenize } from '../../ingest/analysis.js'
import { type Comparison, type Conflict, metClause, nearest, neighbour, placesOf } from './comparison.js'
import { deniedAt, positiveOf } from './denials.js'
import type { Lexeme } from './lexemes.js'

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

/** Whether a range of the source has an opposite of a word. */
export function hasOppositeIn(
  word: Lexeme | undefined,
  source: readonly Lexeme[],
  from: number,
  to: number,
): boolean {
  // What the source says in the same word it does not say by the opposite.
  if (!word || source.slice(from, to).some(({ stem: other }) => other === word.stem)) return false
  const opposed = sidesOf(word).map(({ other }) => other)
  const positive = positiveOf(word.folded)
  return source
    .slice(from, to)
    .some(
      other =>
        opposed.some(set => set.has(other.stem)) ||
        other.stem === positive ||
        positiveOf(other.folded) === word.stem,
    )
}

/** The lines of the table on which a word stands, as its own side and the other one. */
export function sidesOf(word: Lexeme): { own: ReadonlySet<string>; other: ReadonlySet<string> }[] {
  const { sides, lines } = loadOpposites()
  return (sides.get(word.stem) ?? []).map(({ line, side }) => {
    const pair = lines[line] as readonly [ReadonlySet<string>, ReadonlySet<string>]
    return { own: pair[side], other: pair[side === 0 ? 1 : 0] }
  })
}

/** Words that stand before how something is or becomes. */
const FRAMES = new Set('steeds almaar zeer heel erg even zo te'.split(' '))
/** Has the stem of "anders", whole or in part, and opposes nothing. */
const IS_OTHER = /^ander(?:e|zijds)?$/
/** Distance in words within which the opposite stands that takes the place of a word. */
const OPPOSITE_DISTANCE = 7
/** Words by which the opposite must stand nearer than the word itself. */
const CLEARLY_NEARER = 3
/** Distance within which the word itself, or a synonym, settles that it is no opposite. */
const OWN_DISTANCE = 3

/**
 * Words of the sentence whose opposite stands where the source speaks of the same thing.
 *
 * @param settled position of a word that is known to agree; −1 for none
 */
export function findOpposites(comparison: Comparison, settled: number): Conflict[] {
  const { sentence, source, meets, from, to } = comparison
  const clause = metClause(comparison)
  const conflicts: Conflict[] = []
  for (const [at, word] of sentence.entries()) {
    if (at === settled || deniedAt(sentence, at) || sentence[at - 1]?.folded === 'minder') continue
    const positive = positiveOf(word.folded)
    const pairs = [
      ...sidesOf(word),
      ...(positive === undefined ? [] : [{ own: new Set([word.stem]), other: new Set([positive]) }]),
    ]
    const negative = source.find(other => positiveOf(other.folded) === word.stem)
    if (negative) pairs.push({ own: new Set([word.stem]), other: new Set([negative.stem]) })
    if (pairs.length === 0) continue
    const neighbours = [-1, 1]
      .map(step => neighbour(sentence, at, step))
      .map(position => meets[position] ?? [])
    const isOpposed = pairs.some(({ own, other }) => {
      // "mannen en vrouwen" opposes nobody.
      if (placesOf(sentence, other).length > 0) return false
      const otherPlaces = placesOf(source, other).filter(
        place => !deniedAt(source, place) && !IS_OTHER.test((source[place] as Lexeme).folded),
      )
      if (otherPlaces.length === 0) return false
      const ownPlaces = placesOf(source, own)
      const isMorphological = own.size === 1 && other.size === 1
      // A word that the source has nowhere, with "niet-" or "on-" before it where the sentence is met.
      if (isMorphological && ownPlaces.length === 0 && otherPlaces.some(place => place >= from && place < to))
        return true
      // A word that the source has nowhere and nothing else meets, with its opposite in the clause that says the rest.
      const isUnmet = ownPlaces.length === 0 && (meets[at] ?? []).every(place => otherPlaces.includes(place))
      if (isUnmet && clause && otherPlaces.some(place => place >= clause.from && place < clause.to))
        return true
      const isFramed = (word: Lexeme | undefined, place: number) =>
        word !== undefined && FRAMES.has(word.folded) && source[place - 1]?.folded === word.folded
      const before = sentence[at - 1]
      // "steeds duidelijker" against "steeds vager".
      if (
        otherPlaces.some(place => isFramed(before, place)) &&
        !ownPlaces.some(place => isFramed(before, place))
      )
        return true
      const distances = neighbours.map(places => ({
        toOwn: nearest(places, ownPlaces),
        toOther: nearest(places, otherPlaces),
      }))
      return (
        distances.some(
          ({ toOwn, toOther }) => toOther <= OPPOSITE_DISTANCE && toOther + CLEARLY_NEARER <= toOwn,
        ) && !distances.some(({ toOwn, toOther }) => toOwn <= OWN_DISTANCE && toOwn <= toOther)
      )
    })
    if (isOpposed) conflicts.push({ kind: 'opposite', text: word.text })
  }
  return conflicts
}

/** Every line of the table of opposites, as the stems of its two sides. */
export function oppositeLines(): readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] {
  return loadOpposites().lines
}
