/** Who does something to whom: the bodies and countries that clauses of a sentence have as subject, and those of its source. */
import { wordKind } from '../../ingest/word-table.js'
import { type Actor, findActors } from './actors.js'
import type { Alignment, PreparedText } from './alignment.js'
import type { Lexeme } from './lexemes.js'
import { findNames } from './names.js'

/** Words that may stand before a subject at the beginning of its clause. */
const OPENERS = new Set('de het een dit deze ook en maar dat omdat doordat waarbij zodat terwijl'.split(' '))
/** Words that may stand between a subject and its verb. */
const BETWEEN = new Set('als geheel zelf samen ook daarom'.split(' '))
const AUXILIARIES = new Set(
  (
    'is zijn was waren heeft hebben had hadden kan kunnen mag mogen moet moeten zal zullen zou zouden wil willen dient dienen blijft blijven ' +
    'vindt vinden geeft geven neemt nemen doet doen maakt maken'
  ).split(' '),
)
const PASSIVE = new Set('wordt worden werd werden'.split(' '))
/** Verbs whose subject has something done to it, which the source can say the other way round. */
const RECEIVES = new Set('krijgt krijgen kreeg kregen ontvangt ontvangen'.split(' '))
/** Least share of a clause that the source's clause has to meet before their subjects are compared. */
const LEAST_MET = 0.5

/** Bodies and countries of a text; words made of them ("Nederlandse") act in nothing. */
function findAgents({ words, text }: Pick<PreparedText, 'words' | 'text'>): Actor[] {
  const actors = findActors(words, 0, words.length)
  const isFree = (from: number, to: number) => !actors.some(actor => actor.from < to && from < actor.to)
  const countries = findNames(words, text).flatMap(({ identity, from, to, text: printed }) =>
    identity !== null && isFree(from, to) && !/\p{Ll}(?:s|se|sche?)$/u.test(printed)
      ? [{ identity, from, to }]
      : [],
  )
  return [...actors, ...countries]
}

const known = new WeakMap<PreparedText, readonly Actor[]>()

/** The agents of a source; remembered for all sentences. */
function agentsOf(source: PreparedText): readonly Actor[] {
  const agents = known.get(source) ?? findAgents(source)
  known.set(source, agents)
  return agents
}

const isVerb = (words: readonly Lexeme[], at: number): boolean => {
  const word = words[at]
  if (!word || words[at - 1]?.folded === 'te') return false
  return AUXILIARIES.has(word.folded) || (word.weight > 0 && (wordKind(word.stem)?.verb ?? false))
}

/** The clauses of a range, cut before "dat" and "die" too: what somebody says another one does is a clause of its own. */
function clausesOf(words: readonly Lexeme[], start: number, end: number): { from: number; to: number }[] {
  const starts = [start]
  for (let at = start + 1; at < end; at++)
    if (words[at]?.clauseStart || /^(?:dat|die)$/.test(words[at]?.folded ?? '')) starts.push(at)
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? end }))
}

/** The agent that is the subject of an active clause; `undefined` where that cannot be told. */
function subjectOf(words: readonly Lexeme[], agents: readonly Actor[], from: number, to: number) {
  if (words.slice(from, to).some(({ folded }) => PASSIVE.has(folded) || RECEIVES.has(folded)))
    return undefined
  const inside = agents.filter(agent => agent.from >= from && agent.to <= to)
  const first = inside.find(agent => words.slice(from, agent.from).every(({ folded }) => OPENERS.has(folded)))
  if (first) {
    let next = first.to
    while (next < to && BETWEEN.has(words[next]?.folded ?? '')) next++
    if (next < to && isVerb(words, next)) return first
    return undefined
  }
  return inside.find(agent => {
    const before = /^(?:de|het)$/.test(words[agent.from - 1]?.folded ?? '') ? agent.from - 2 : agent.from - 1
    return before > from && isVerb(words, before)
  })
}

/**
 * The subjects of a sentence's clauses that the source names where it says the same, but with another one as subject.
 * As printed.
 *
 * @param text the sentence
 * @param weights weight of each of its words
 */
export function swappedSubjects(
  text: string,
  words: readonly Lexeme[],
  weights: readonly number[],
  { matches }: Alignment,
  source: PreparedText,
): string[] {
  const said = findAgents({ words, text })
  const acting = clausesOf(words, 0, words.length).flatMap(clause => {
    const subject = subjectOf(words, said, clause.from, clause.to)
    return subject ? [{ clause, subject }] : []
  })
  if (acting.length === 0) return []
  const told = agentsOf(source)
  if (told.length < 2) return []
  const isAgent = (at: number) => said.some(({ from, to }) => at >= from && at < to)
  return acting.flatMap(({ clause, subject }) => {
    const content = words
      .map((_, at) => at)
      .filter(at => at >= clause.from && at < clause.to && (weights[at] as number) > 0 && !isAgent(at))
    const total = content.reduce((sum, at) => sum + (weights[at] as number), 0)
    const met = ({ from, to }: { from: number; to: number }) =>
      content.reduce((sum, at) => {
        const { places, strength } = matches[at] ?? { places: [], strength: 0 }
        const isMet = places.some(place => place >= from && place < to)
        return isMet ? sum + (weights[at] as number) * strength : sum
      }, 0)
    const [best] = source.sentences
      .flatMap(range =>
        clausesOf(source.words, range.from, range.to).map(part => ({ ...part, range, met: met(part) })),
      )
      .sort((left, right) => right.met - left.met)
    if (!best || total === 0 || best.met < LEAST_MET * total) return []
    const other = subjectOf(source.words, told, best.from, best.to)
    const isNamed = told.some(
      ({ identity, from }) =>
        identity === subject.identity && from >= best.range.from && from < best.range.to,
    )
    const acts = clausesOf(source.words, best.range.from, best.range.to).some(
      part => subjectOf(source.words, told, part.from, part.to)?.identity === subject.identity,
    )
    if (!other || other.identity === subject.identity || !isNamed || acts) return []
    return [
      words
        .slice(subject.from, subject.to)
        .map(({ text: printed }) => printed)
        .join(' '),
    ]
  })
}
