/** Who acts: bodies and groups of a text, and whether a sentence gives what one does to another. */
import { readFileSync } from 'node:fs'
import { fold } from '../../ingest/analysis.js'
import type { Alignment, PreparedText } from './alignment.js'
import type { Lexeme } from './lexemes.js'

/** A body or group in its place. */
export interface Actor {
  readonly identity: string
  /** Half-open range of the lexemes. */
  readonly from: number
  readonly to: number
}

interface ActorTable {
  /** Identifier by the folded words of a form, joined by a space. */
  readonly identities: ReadonlyMap<string, string>
  /** Number of words of the longest form. */
  readonly longest: number
}

let table: ActorTable | undefined

function loadActors(): ActorTable {
  if (table) return table
  const identities = new Map<string, string>()
  let longest = 1
  for (const line of readFileSync(new URL('actors.nl.tsv', import.meta.url), 'utf8').split('\n')) {
    const [identity, forms] = line.split('\t')
    if (!identity || !forms || line.startsWith('#')) continue
    for (const form of forms.split('|')) {
      const words = fold(form).match(/[\p{L}\p{N}]+/gu) ?? []
      longest = Math.max(longest, words.length)
      identities.set(words.join(' '), identity)
    }
  }
  table = { identities, longest }
  return table
}

const DEPARTMENT = /^(?:ministerie|minister|staatssecretaris)$/

/** The bodies and groups within a half-open range of words. */
export function findActors(words: readonly Lexeme[], start: number, end: number): Actor[] {
  const { identities, longest } = loadActors()
  const actors: Actor[] = []
  for (let at = start; at < end; at++) {
    const area = words[at + 2]
    if (DEPARTMENT.test(words[at]?.folded ?? '') && area && /^\p{Lu}/u.test(area.text)) {
      actors.push({ identity: `department ${area.folded}`, from: at, to: at + 3 })
      at += 2
      continue
    }
    for (let length = Math.min(longest, end - at); length > 0; length--) {
      const form = words.slice(at, at + length)
      const identity = identities.get(form.map(({ folded }) => folded).join(' '))
      if (identity === undefined) continue
      actors.push({ identity, from: at, to: at + length })
      at += length - 1
      break
    }
  }
  return actors
}

/** Words that make an actor the source of what is said, and not one who acts in it. */
const FRAMES = new Set('volgens aldus namens'.split(' '))
/** Words with which a source names an actor again. */
const PRONOUNS = new Set('zij ze hij wij we ons onze deze dit die haar zijn'.split(' '))
/** Least share of what a sentence says beside its actors that one sentence of the source meets. */
const LEAST_MET = 0.55
/** Share of it from which it stands in one clause. */
const IN_ONE_CLAUSE = 0.8

/**
 * The actors of a sentence that the source does not name where it says the same, but names another one there, whom the
 * sentence leaves out. As printed.
 *
 * @param weights weight of each word of the sentence
 */
export function swappedActors(
  words: readonly Lexeme[],
  weights: readonly number[],
  { matches, first, last }: Alignment,
  source: PreparedText,
): string[] {
  const named = findActors(words, 0, words.length)
  const acting = named.filter(
    ({ from }) => ![1, 2].some(distance => FRAMES.has(words[from - distance]?.folded ?? '')),
  )
  if (acting.length === 0) return []
  const isActor = (at: number) => named.some(({ from, to }) => at >= from && at < to)
  const told = words.map((_, at) => at).filter(at => (weights[at] as number) > 0 && !isActor(at))
  const met = (from: number, to: number) =>
    told.reduce((sum, at) => {
      const { places, strength } = matches[at] ?? { places: [], strength: 0 }
      return places.some(place => place >= from && place < to)
        ? sum + (weights[at] as number) * strength
        : sum
    }, 0)
  const total = told.reduce((sum, at) => sum + (weights[at] as number), 0)
  const best = source.sentences
    .slice(first, last)
    .map(range => ({ ...range, met: met(range.from, range.to) }))
    .sort((a, b) => b.met - a.met)[0]
  if (!best || best.met < LEAST_MET * total) return []
  const isOther = (identity: string) => !named.some(actor => actor.identity === identity)
  const inSentence = findActors(source.words, best.from, best.to).map(({ identity }) => identity)
  const [clause, next] = clausesOf(source.words, best.from, best.to)
    .map(range => ({ ...range, met: met(range.from, range.to) }))
    .sort((a, b) => b.met - a.met)
  const isClear = clause && clause.met >= IN_ONE_CLAUSE * best.met && clause.met > 2 * (next?.met ?? 0)
  const place = isClear ? clause : best
  const isNamedAgain = source.words
    .slice(place.from, Math.min(place.to, place.from + 3))
    .some(({ folded }) => PRONOUNS.has(folded))
  if (isNamedAgain) return []
  const inClause = findActors(source.words, place.from, place.to).map(({ identity }) => identity)
  return acting
    .filter(({ identity }) => {
      const others = inSentence.includes(identity) ? inClause : inSentence
      return !others.includes(identity) && others.some(isOther)
    })
    .map(({ from, to }) =>
      words
        .slice(from, to)
        .map(({ text }) => text)
        .join(' '),
    )
}

/** The clauses of a sentence, as half-open ranges of words. */
function clausesOf(words: readonly Lexeme[], start: number, end: number): { from: number; to: number }[] {
  const starts = [start]
  for (let at = start + 1; at < end; at++) if (words[at]?.clauseStart) starts.push(at)
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? end }))
}
