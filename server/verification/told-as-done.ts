/** Does a sentence tell as done, or as a result, what its source does not? */
import { type Comparison, type Conflict, placesOf } from './comparison.js'
import type { Lexeme } from './lexemes.js'
import { sidesOf } from './opposites.js'

/** Words that say that something has been done. */
const DONE = new Set(
  'gesloten afgerond besloten afgesproken ingevoerd afgeschaft goedgekeurd aangenomen uitgevoerd voltooid overeengekomen ondertekend bereikt opgelost'.split(
    ' ',
  ),
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

/** Something told as done that the source only looks into or plans. */
export function findDone({ sentence, source, from, to }: Comparison): Conflict[] {
  const region = source.slice(from, to)
  const stems = new Set(region.map(({ stem: stemmed }) => stemmed))
  const done = sentence.find(({ folded, stem: stemmed }) => DONE.has(folded) && !stems.has(stemmed))
  const isPerfect = sentence.some(({ folded }) => PERFECT.has(folded))
  if (!done || !isPerfect || sentence.some(({ folded }) => OPEN.has(folded))) return []
  return region.some(({ folded }) => OPEN.has(folded)) ? [{ kind: 'obligation', text: done.text }] : []
}
