/** Does a sentence tell as done, or as a result, what its source does not? */

import { fold } from '../../ingest/analysis.js'
import { type Comparison, type Conflict, clauseAt, metClause, placesOf } from './comparison.js'
import type { Lexeme } from './lexemes.js'
import { sidesOf } from './opposites.js'

/** Words that say that something has been done. */
const DONE = new Set(
  (
    'gesloten afgerond besloten afgesproken ingevoerd afgeschaft goedgekeurd aangenomen uitgevoerd voltooid overeengekomen ondertekend bereikt ' +
    'opgelost opgericht verschenen gepubliceerd geopend gestart begonnen afgesloten geëvalueerd beëindigd ingesteld benoemd gehouden verwezenlijkt'
  )
    .split(' ')
    .map(fold),
)
/** Verbs and adverbs with which something is told as done. */
const PERFECT = new Set('is zijn was waren heeft hebben had hadden werd werden al reeds'.split(' '))
/** Words that say that something is only looked into, wished for or still to come. */
const OPEN = new Set(
  (
    'verkend verkennen verkent onderzocht onderzoeken onderzoekt overwegen overweegt overwogen voornemens plan plannen wil willen voorstel ' +
    'mogelijk mogelijkheid mogelijkheden zou zouden oproepen roept streven streeft beoogt beogen bezig moet moeten zal zullen dient dienen'
  ).split(' '),
)

/** Changes told as results. */
const CHANGES = new Set(
  (
    'toegenomen afgenomen gestegen gedaald gegroeid gekrompen verdubbeld gehalveerd verdrievoudigd verbeterd verslechterd ' +
    'verminderd vergroot verkleind'
  ).split(' '),
)

/** A change told as a result of which the source says nothing. */
export function inventedChanges({ sentence, source, meets }: Comparison): Conflict[] {
  if (!sentence.some(({ folded }) => PERFECT.has(folded))) return []
  return sentence
    .filter(
      (word, at) =>
        CHANGES.has(word.folded) &&
        meets[at]?.length === 0 &&
        !sidesOf(word).some(({ own }) =>
          placesOf(source, own).some(place => PAST.test((source[place] as Lexeme).folded)),
        ),
    )
    .map(({ text }) => ({ kind: 'opposite', text }))
}

/** A participle, or a noun of change. */
const PAST = /^(?:ge|ver|toe|af|uit|in)\p{L}+(?:d|t|en)$|(?:ing|groei|krimp|name)$/u

/** Words with which a source says that something is still to come or to be done. */
const AHEAD = new Set(
  'zal zullen zou zouden moet moeten dient dienen bezig voornemens verwacht verwachten verwachting spoedig toekomst toekomstig'.split(
    ' ',
  ),
)
/** Words with which a source says that something is under way. */
const UNDER_WAY = new Set(
  'al reeds inmiddels momenteel thans nu sinds sedert bestaand bestaande eerder onlangs'.split(' '),
)
/** Words with which a sentence says that something is done or under way already. */
const ALREADY = new Set('al reeds inmiddels'.split(' '))
/** What makes "al" another word: "al dan niet", "al lang", "al bestaande". */
const NO_ALREADY = /^(?:dan|lang|langer|bestaande?|te|die|deze|het|de|hun|meer)$/

/** Something told as done that the source only looks into, plans or waits for. */
export function findDone(comparison: Comparison): Conflict[] {
  const { sentence, meets } = comparison
  if (sentence.some(({ folded }) => OPEN.has(folded) || AHEAD.has(folded))) return []
  const isPerfect = sentence.some(({ folded }) => PERFECT.has(folded))
  const done = sentence.findIndex(({ folded }) => DONE.has(folded))
  const already = sentence.findIndex(
    ({ folded }, at) => ALREADY.has(folded) && !NO_ALREADY.test(sentence[at + 1]?.folded ?? ''),
  )
  const isTold = done >= 0 && isPerfect
  if (isTold && isOpenFor(comparison, done))
    return [{ kind: 'obligation', text: (sentence[done] as Lexeme).text }]
  // Where the source tells the same as done, "al" adds nothing.
  if (already < 0 || (isTold && (meets[done] ?? []).length > 0) || !isAheadFor(comparison)) return []
  return [{ kind: 'obligation', text: (sentence[already] as Lexeme).text }]
}

/** Words from a participle to past its auxiliary: "aangenomen zal worden". */
const BEHIND_PARTICIPLE = 2

const anyOf = (words: ReadonlySet<string>, source: readonly Lexeme[], from: number, to: number) =>
  source.slice(from, to).some(({ folded }) => words.has(folded))

/** Whether the source tells as open what a participle of the sentence tells as done. */
function isOpenFor(comparison: Comparison, position: number): boolean {
  const { sentence, source, meets, from, to } = comparison
  const stemmed = sentence[position]?.stem
  if (!source.slice(from, to).some(({ stem: other }) => other === stemmed))
    if (anyOf(OPEN, source, from, to)) return true
  const places = (meets[position] ?? []).filter(place => place >= from && place < to)
  // What stands further behind the participle speaks of another one: "is aangenomen en zal ingaan".
  const parts =
    places.length > 0
      ? places.map(place => {
          const clause = clauseAt(comparison, place)
          return { from: clause.from, to: Math.min(clause.to, place + BEHIND_PARTICIPLE) }
        })
      : [metClause(comparison)]
  return parts.every(
    part =>
      part !== undefined &&
      anyOf(AHEAD, source, part.from, part.to) &&
      !anyOf(ALREADY, source, part.from, part.to),
  )
}

/** Whether the source tells as still to come what the sentence says most, and nothing beside it as under way. */
function isAheadFor(comparison: Comparison): boolean {
  const { source } = comparison
  const clause = metClause(comparison)
  return (
    clause !== undefined &&
    anyOf(AHEAD, source, clause.from, clause.to) &&
    !anyOf(UNDER_WAY, source, 0, source.length)
  )
}
