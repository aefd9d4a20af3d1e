/** Does a sentence deny what its source says, or say what its source denies? */
import { lexicon } from '../../ingest/analysis.js'
import { type Comparison, type Conflict, metPlaces, sentenceAt } from './comparison.js'
import { isHiddenNegation, isNegation } from './denials.js'
import { type Lexeme, TELLING } from './lexemes.js'
import { hasOppositeIn } from './opposites.js'

/** Words around a negation that it is taken to deny. */
const REACH_AFTER = 4
const REACH_BEFORE = 3
/** Distance in content words within which a negation of the source answers one of the sentence. */
const ANSWER_DISTANCE = 5

/** Content words within reach of a cue, in its clause. */
function reach(words: readonly Lexeme[], at: number): number[] {
  const found: number[] = []
  for (let next = at + 1, count = 0; next < words.length && count < REACH_AFTER; next++) {
    const word = words[next] as Lexeme
    if (word.clauseStart) break
    if (word.weight > 0) {
      found.push(next)
      count++
    }
  }
  for (let previous = at - 1, count = 0; previous >= 0 && count < REACH_BEFORE; previous--) {
    const word = words[previous] as Lexeme
    if (word.weight > 0) {
      found.push(previous)
      count++
    }
    if (word.clauseStart) break
  }
  return found
}

/** "zonder" a right or a paper is what the source can call illegal. */
const WITHOUT_RIGHT = new Set([
  'illegaal',
  'illegale',
  'irregulier',
  'irreguliere',
  'onregelmatig',
  'onregelmatige',
])

/** Words for what something cannot do without. */
const REQUIRED = new Set(
  (
    'voorwaarde voorwaarden vereist vereisen vereiste nodig noodzakelijk noodzaak essentieel onmisbaar onontbeerlijk cruciaal vergt ' +
    'afhankelijk staat valt moet moeten'
  ).split(' '),
)

/** Whether a negation is part of a term for which the other text has this or another term of the same meaning. */
function sharesTerm(negation: Lexeme, others: readonly Lexeme[]): boolean {
  const alone = lexicon().conceptsOf.get(negation.stem) ?? []
  const ofTerm = negation.concepts.filter(concept => !alone.includes(concept))
  return ofTerm.length > 0 && others.some(({ concepts }) => concepts.some(each => ofTerm.includes(each)))
}

/** What the sentence denies and the source says without denying it. */
export function addedNegations(comparison: Comparison): Conflict[] {
  const { sentence, source, from, to } = comparison
  const conflicts: Conflict[] = []
  const aligned = source.slice(from, to)
  const denials = sentence.filter((_, at) => isNegation(sentence, at))
  // "Zonder … niet mogelijk" says what is needed.
  if (
    denials.length === 2 &&
    denials.some(({ folded }) => folded === 'zonder') &&
    aligned.some(({ folded }) => REQUIRED.has(folded))
  )
    return []
  for (let at = 0; at < sentence.length; at++) {
    if (!isNegation(sentence, at) || sharesTerm(sentence[at] as Lexeme, aligned)) continue
    let [answered, total] = [0, 0]
    const focus = reach(sentence, at)
    for (const position of focus) {
      const places = metPlaces(comparison, position)
      if (places.length === 0) continue
      const { weight } = sentence[position] as Lexeme
      total += weight
      const isAnswered = (place: number) => negatedNear(comparison, place, ANSWER_DISTANCE)
      // Elsewhere in the source a negation answers where more of what is denied stands.
      const others = (comparison.meets[position] ?? []).filter(place =>
        meetsAlso(comparison, focus, position, place),
      )
      if (places.some(isAnswered) || others.some(isAnswered)) answered += weight
    }
    if (total === 0 || answered / total >= 0.4) continue
    const isSaidOtherwise =
      focus.some(position => hasOppositeIn(sentence[position], source, from, to)) ||
      (sentence[at]?.folded === 'zonder' && source.some(({ folded }) => WITHOUT_RIGHT.has(folded)))
    if (!isSaidOtherwise) conflicts.push({ kind: 'negation', text: (sentence[at] as Lexeme).text })
  }
  return conflicts
}

/** Whether the sentence of the source that holds a place meets another of some words too. */
function meetsAlso(
  comparison: Comparison,
  words: readonly number[],
  position: number,
  place: number,
): boolean {
  const { from, to } = sentenceAt(comparison, place)
  return words.some(
    other =>
      other !== position &&
      (comparison.sentence[other] as Lexeme).weight >= TELLING &&
      (comparison.meets[other] ?? []).some(each => each >= from && each < to && each !== place),
  )
}

/** Whether a negation, plain or hidden, stands within some content words of a place of the source, in its sentence. */
function negatedNear(comparison: Comparison, place: number, distance: number): boolean {
  const { source, sentence } = comparison
  const { from, to } = sentenceAt(comparison, place)
  // A hidden negation that the sentence denies too is no answer: "niet afwijzen" against "afwijzen".
  const isRepeated = (word: Lexeme) => sentence.some(({ stem: stemmed }) => stemmed === word.stem)
  const negates = (at: number) => {
    const word = source[at] as Lexeme
    return isNegation(source, at) || (isHiddenNegation(word) && !isRepeated(word))
  }
  if (negates(place)) return true
  for (const step of [-1, 1])
    for (let at = place + step, count = 0; at >= from && at < to && count <= distance; at += step) {
      if (negates(at)) return true
      if ((source[at] as Lexeme).weight > 0) count++
    }
  return false
}

/** "te weinig": what is said to lack is not so. */
const isTooLittle = (words: readonly Lexeme[], at: number) =>
  words[at]?.folded === 'weinig' && words[at - 1]?.folded === 'te'

/** Words of a source that say that something is not to be, with what it is before them. */
const AVERTED = new Set('voorkomen vermijden vermeden verboden verbieden uitgesloten'.split(' '))

const isWithout = (words: readonly Lexeme[]) => words.some(({ folded }) => folded === 'zonder')

/** What the source denies and the sentence says without denying it. */
export function lostNegations({ sentence, source, meets, isSameWord, from, to }: Comparison): Conflict[] {
  const stems = new Set(source.map(({ stem: stemmed }) => stemmed))
  const without = isWithout(sentence) && isWithout(source.slice(from, to))
  // A hidden negation that the source has too denies nothing that the source does not deny; nor does "zonder" that both have.
  if (
    sentence.some(
      (word, at) =>
        (isNegation(sentence, at) && !(without && word.folded === 'zonder')) ||
        (isHiddenNegation(word) && !stems.has(word.stem)),
    )
  )
    return []
  // Whoever drops a negation keeps the words: a synonym shows that something else is said.
  const met = new Set(meets.flatMap((places, at) => (isSameWord[at] ? places : [])))
  const metAnyhow = new Set(meets.flat())
  const weigh = (positions: readonly number[]) =>
    positions.reduce((sum, position) => sum + (source[position] as Lexeme).weight, 0)
  const conflicts: Conflict[] = []
  for (let at = from; at < to; at++) {
    if (without && source[at]?.folded === 'zonder') continue
    const averts = AVERTED.has((source[at] as Lexeme).folded) && !metAnyhow.has(at)
    if (
      !averts &&
      (!(isNegation(source, at) || isTooLittle(source, at)) || sharesTerm(source[at] as Lexeme, sentence))
    )
      continue
    const scope = reach(source, at)
    const after = scope
      .filter(position => position > at)
      .slice(0, source[at]?.folded === 'zonder' ? 2 : REACH_AFTER)
    // What follows a Dutch negation is what it denies; only at the end of a clause that stands before it.
    const denied = averts ? scope.filter(position => position < at) : weigh(after) >= 0.35 ? after : scope
    const total = weigh(denied)
    const [said, least] = averts ? [metAnyhow, 0.75] : [met, 0.55]
    if (total > 0 && weigh(denied.filter(position => said.has(position))) / total >= least)
      conflicts.push({ kind: 'negation', text: (source[at] as Lexeme).text })
  }
  return conflicts
}

/** Least share of a negation's scope that has to stand on the other side. */
const EXCHANGED = 0.6

/** "niet om routes, maar om mensen" told as "om routes en niet om mensen": both deny, each the other's part. */
export function exchangedDenials({ sentence, source, meets, isSameWord, from, to }: Comparison): Conflict[] {
  const scopeOf = (words: readonly Lexeme[], at: number) => reach(words, at).filter(place => place > at)
  const [said, ...further] = sentence.flatMap((_, at) => (isNegation(sentence, at) ? [at] : []))
  // Which of several negations answers which cannot be told.
  if (said === undefined || further.length > 0) return []
  const scope = scopeOf(sentence, said)
  const share = (words: readonly Lexeme[], of: readonly number[], holds: (at: number) => boolean) => {
    const weigh = (positions: readonly number[]) =>
      positions.reduce((sum, position) => sum + (words[position] as Lexeme).weight, 0)
    const total = weigh(of)
    return total === 0 ? 0 : weigh(of.filter(holds)) / total
  }
  for (let at = from; at < to; at++) {
    if (!isNegation(source, at)) continue
    const denied = scopeOf(source, at)
    const isAffirmed = (place: number) =>
      meets.some((places, word) => isSameWord[word] && !scope.includes(word) && places.includes(place))
    const isToldOtherwise = (word: number) => {
      const places = (meets[word] ?? []).filter(place => place >= from && place < to)
      return Boolean(isSameWord[word]) && places.length > 0 && !places.some(place => denied.includes(place))
    }
    if (
      share(source, denied, isAffirmed) >= EXCHANGED &&
      share(sentence, scope, isToldOtherwise) >= EXCHANGED
    )
      return [{ kind: 'negation', text: (sentence[said] as Lexeme).text }]
  }
  return []
}
