/** Does a sentence say the opposite of its source, or more than it? Negation, opposites, quantifiers, obligation. */
import { readFileSync } from 'node:fs'
import { lexicon, stem, tokenize } from '../../ingest/analysis.js'
import { wordKind } from '../../ingest/word-table.js'
import { type Lexeme, NEGATIONS } from './lexemes.js'

/** Words that hold a negation, so that a plain one elsewhere can mean the same. */
const HIDDEN_NEGATIONS = new Set(
  (
    'tenzij behalve nauwelijks amper onvoldoende ontoereikend gebrek ontbreken ontbreekt ontbrak weigeren weigert weigering verbieden ' +
    'verbiedt verboden verbod voorkomen voorkomt voorkoming vermijden vermijdt uitsluiten uitgesloten uitgezonderd tegengaan ' +
    'moeilijk lastig onmogelijk buiten stoppen stopt stopgezet beeindigen afschaffen afgeschaft schrappen geschrapt vervallen vervalt ' +
    'verwijderen verwijdering slechts uitsluitend enkel louter missen mist verhinderen verhindert tekort ' +
    'minder weinig beperkt beperken beperking uitzondering behoudens verliezen verlies verloren stokt mislukt mislukken ' +
    'afwijzen afgewezen opschorten opgeschort stopzetten wegvallen zelden los vrij ' +
    'tekortkoming tekortkomingen tekortschieten stokken gestokt ontzeggen ontzegd onthouden niet-naleving'
  ).split(' '),
)
/** Separable verbs that hold a negation, as joined with their particle. */
const HIDDEN_STEMS = new Set(
  'tegengaan stopzetten uitsluiten afwijzen afschaffen wegvallen tegenhouden'.split(' ').map(stem),
)
/** Words between which a negation does not deny: "niet alleen … maar ook". */
const ONLY = new Set('alleen slechts enkel uitsluitend louter zozeer'.split(' '))

/** A claim that needs support of its kind, with the words that give it. */
interface StrongClaim {
  readonly kind: 'quantifier' | 'obligation'
  readonly words: ReadonlySet<string>
  readonly support: ReadonlySet<string>
  /**
   * Words of the source beside which the claim is wrong; without one of them it is only doubtful. `null`: wrong without
   * support whatever the source says.
   */
  readonly against: ReadonlySet<string> | null
}

const list = (words: string) => words.split(' ')
const ALL = list('alle allen elk elke ieder iedere iedereen allemaal beide')
const ALWAYS = list('altijd overal steeds voortdurend')
const WHOLLY = list('volledig volledige geheel gehele helemaal precies heel hele totaal totale')
const ONLY_THIS = list('uitsluitend alleen enkel slechts louter pas')
/** Words that make something depend on something else. */
const CONDITION = list('tenzij mits vereist voorwaarde indien zolang zodra als wanneer nadat voordat na')
const MOST = list('meeste merendeel meerderheid grotendeels meestal overwegend')
const FEW = list('sommige sommigen enkele soms gedeeltelijk deels weinig zelden')
const DUTY = list('verplicht verplichte verplichten verplichting plicht dwingend')
/** Words that say that something holds for a part. */
const PART = list(
  'aantal deel bepaalde verscheidene verschillende diverse enige zekere beperkt geringe meer vaak dikwijls gewoonlijk eventueel bijna',
)

/** Words of a duty, which a denial takes away: "vereist niet per se". */
const DUTY_SUPPORT: ReadonlySet<string> = new Set([
  ...DUTY,
  ...list(
    'verplichtingen moet moeten moest moesten dient dienen vereist vereisten eist eisen bindend bindende voorwaarde overnameplicht gehouden',
  ),
])

/** Words that claim more than their absence would. Their support stands near what they speak of in the source. */
const STRONG_CLAIMS: readonly StrongClaim[] = [
  {
    kind: 'quantifier',
    words: new Set([...ALL, ...WHOLLY]),
    support: new Set([
      ...ALL,
      ...WHOLLY,
      ...list('volle al zonder ongeacht noch geen wereldwijd algemeen algemene alomvattend alomvattende'),
    ]),
    against: new Set([...FEW, ...MOST, ...PART]),
  },
  {
    kind: 'quantifier',
    words: new Set(ALWAYS),
    support: new Set([
      ...ALWAYS,
      ...list(
        'tijde telkens doorlopend immer elke ieder iedere regelmatig consequent alle blijven blijft rode',
      ),
    ]),
    against: new Set([...FEW, ...MOST, ...list('vaak dikwijls gewoonlijk eventueel waar')]),
  },
  {
    kind: 'quantifier',
    words: new Set(['pas']),
    support: new Set([...ONLY_THIS, ...CONDITION]),
    against: null,
  },
  {
    kind: 'quantifier',
    words: new Set(ONLY_THIS.filter(word => word !== 'pas')),
    support: new Set([
      ...ONLY_THIS,
      ...list(
        'tenzij mits exclusief beperkt beperken behalve enige vereist valt voorwaarde essentieel noodzakelijk indien zolang zodra niet geen zonder',
      ),
    ]),
    against: null,
  },
  {
    kind: 'quantifier',
    words: new Set(MOST),
    support: new Set([
      ...MOST,
      ...list('regel overgrote doorgaans hoofdzakelijk voornamelijk vooral grootste gewoonlijk overtreft'),
    ]),
    against: null,
  },
  {
    kind: 'obligation',
    words: new Set(DUTY),
    support: DUTY_SUPPORT,
    against: null,
  },
]
/** Words beside which a weaker claim is no longer what the source says. */
const FULL = new Set([...ALL, ...WHOLLY, ...MOST, 'tijde'])
const FEW_SUPPORT = new Set([
  ...FEW,
  ...PART,
  ...list('voorkomend waar waaronder bijvoorbeeld specifieke gering mogelijk kan kunnen'),
])
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

/** Words around a negation that it is taken to deny. */
const REACH_AFTER = 4
const REACH_BEFORE = 3
/** Distance in content words within which a negation of the source answers one of the sentence. */
const ANSWER_DISTANCE = 5
/** Distance in words within which the support of a strong claim stands. */
const SUPPORT_DISTANCE = 8

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
function sentenceAt({ ranges, source }: Comparison, place: number): { from: number; to: number } {
  return ranges.find(({ from, to }) => place >= from && place < to) ?? { from: 0, to: source.length }
}

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

const isNegation = (words: readonly Lexeme[], at: number): boolean => {
  const word = words[at]
  if (!word || !NEGATIONS.has(word.folded)) return false
  return !deniesNothing(words, at)
}

/** "niet alleen … maar ook", "niet met louter nationaal beleid", "wat wel en niet is bereikt". */
function deniesNothing(words: readonly Lexeme[], at: number): boolean {
  const folded = (place: number) => words[place]?.folded ?? ''
  if (folded(at) !== 'niet') return false
  if ([1, 2].some(distance => ONLY.has(folded(at + distance)))) return true
  const before = `${folded(at - 2)} ${folded(at - 1)}`
  return before === 'wel en' || before === 'wel of' || before === 'al dan'
}

const isHiddenNegation = (word: Lexeme): boolean =>
  HIDDEN_NEGATIONS.has(word.folded) || HIDDEN_STEMS.has(word.stem) || isNegatedWord(word.folded)

/** Positions in the source that a word of the sentence meets: those in the aligned part, where there are any. */
function metPlaces({ meets, from, to }: Comparison, position: number): readonly number[] {
  const places = meets[position] ?? []
  const inside = places.filter(place => place >= from && place < to)
  return inside.length > 0 ? inside : places
}

/** "onmogelijk", "onvoldoende": the prefix before a word that exists without it. */
function isNegatedWord(folded: string): boolean {
  return !folded.startsWith('niet-') && positiveOf(folded) !== undefined
}

function positiveOf(folded: string): string | undefined {
  if (folded.startsWith('niet-')) return stem(folded.slice(5))
  if (!/^on(?!t|der|ge(?:veer|acht)|s|ze|lan)/.test(folded) || folded.length < 7) return undefined
  const rest = stem(folded.slice(2))
  return wordKind(rest) === undefined ? undefined : rest
}

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

/** What speaks against a sentence. */
export interface Objections {
  /** What it gets wrong. */
  readonly conflicts: readonly Conflict[]
  /** Number of words with which it claims more than its source says, where the source does not say otherwise. */
  readonly doubts: number
}

/** Everything that speaks against a sentence in the part of its source that it is aligned with. */
export function findConflicts(comparison: Comparison): Objections {
  const { conflicts, doubts } = findOverclaims(comparison)
  const turned = turnedComparison(comparison)
  const turnedWord = comparison.sentence[turned?.at ?? -1]?.text ?? ''
  return {
    conflicts: [
      ...addedNegations(comparison),
      ...lostNegations(comparison),
      ...findOpposites(comparison, turned?.agrees ? turned.at : -1),
      ...(turned && !turned.agrees ? [{ kind: 'opposite' as const, text: turnedWord }] : []),
      ...inventedChanges(comparison),
      ...conflicts,
      ...findDone(comparison),
    ],
    doubts,
  }
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
function addedNegations(comparison: Comparison): Conflict[] {
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
      if (places.some(place => negatedNear(comparison, place, ANSWER_DISTANCE))) answered += weight
    }
    if (total === 0 || answered / total >= 0.4) continue
    const isSaidOtherwise =
      focus.some(position => hasOppositeIn(sentence[position], source, from, to)) ||
      (sentence[at]?.folded === 'zonder' && source.some(({ folded }) => WITHOUT_RIGHT.has(folded)))
    if (!isSaidOtherwise) conflicts.push({ kind: 'negation', text: (sentence[at] as Lexeme).text })
  }
  return conflicts
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

/** Whether a plain negation denies the word at a place: it stands shortly before it, or "niet" directly after it. */
function deniedAt(words: readonly Lexeme[], place: number): boolean {
  for (let at = place - 3; at < place; at++) if (isNegation(words, at)) return true
  return [place + 1, place + 2].some(at => words[at]?.folded === 'niet' && isNegation(words, at))
}

/** "te weinig": what is said to lack is not so. */
const isTooLittle = (words: readonly Lexeme[], at: number) =>
  words[at]?.folded === 'weinig' && words[at - 1]?.folded === 'te'

/** Words of a source that say that something is not to be, with what it is before them. */
const AVERTED = new Set('voorkomen vermijden vermeden verboden verbieden uitgesloten'.split(' '))

const isWithout = (words: readonly Lexeme[]) => words.some(({ folded }) => folded === 'zonder')

/** What the source denies and the sentence says without denying it. */
function lostNegations({ sentence, source, meets, isSameWord, from, to }: Comparison): Conflict[] {
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

function hasOppositeIn(
  word: Lexeme | undefined,
  source: readonly Lexeme[],
  from: number,
  to: number,
): boolean {
  if (!word) return false
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

function sidesOf(word: Lexeme): { own: ReadonlySet<string>; other: ReadonlySet<string> }[] {
  const { sides, lines } = loadOpposites()
  return (sides.get(word.stem) ?? []).map(({ line, side }) => {
    const pair = lines[line] as readonly [ReadonlySet<string>, ReadonlySet<string>]
    return { own: pair[side], other: pair[side === 0 ? 1 : 0] }
  })
}

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
function findOpposites({ sentence, source, meets, from, to }: Comparison, settled: number): Conflict[] {
  const conflicts: Conflict[] = []
  for (const [at, word] of sentence.entries()) {
    if (at === settled || deniedAt(sentence, at)) continue
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
      const otherPlaces = placesOf(source, other).filter(place => !deniedAt(source, place))
      if (otherPlaces.length === 0) return false
      const ownPlaces = placesOf(source, own)
      const isMorphological = own.size === 1 && other.size === 1
      // A word that the source has nowhere, with "niet-" or "on-" before it where the sentence is met.
      if (isMorphological && ownPlaces.length === 0 && otherPlaces.some(place => place >= from && place < to))
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

/** Least weight of a word that tells what a sentence is about. */
const TELLING = 0.3

/** Position of the nearest telling word on one side of a word, in its clause; −1 when there is none. */
function neighbour(words: readonly Lexeme[], at: number, step: number): number {
  for (let next = at + step; next >= 0 && next < words.length; next += step) {
    if (step > 0 && words[next]?.clauseStart) return -1
    if ((words[next] as Lexeme).weight >= TELLING) return next
    if (step < 0 && words[next]?.clauseStart) return -1
  }
  return -1
}

function nearest(left: readonly number[], right: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const from of left)
    for (const to of right) if (from !== to) least = Math.min(least, Math.abs(from - to))
  return least
}

function placesOf(source: readonly Lexeme[], stems: ReadonlySet<string>): number[] {
  const places: number[] = []
  for (const [place, word] of source.entries())
    if (stems.has(word.stem) || (word.parts.length > 1 && word.parts.some(part => stems.has(part))))
      places.push(place)
  return places
}

const isMoreThan = ({ folded }: Lexeme, at: number, words: readonly Lexeme[]) =>
  folded === 'meer' && words[at + 1]?.folded === 'dan'

/** "het grootste deel", "de grootste groep": most. */
function isLargestPart(words: readonly Lexeme[], at: number): boolean {
  return (
    /^groo?t(?:ste|er)$/.test(words[at]?.folded ?? '') &&
    /^(?:deel|gedeelte|groep)$/.test(words[at + 1]?.folded ?? '')
  )
}

/** "niet aanpakken met alleen nationaal beleid": a denied limit limits nothing. */
function isAfterNegation(words: readonly Lexeme[], at: number): boolean {
  for (let before = at - 1; before >= 0 && !words[before + 1]?.clauseStart; before--)
    if (words[before]?.folded === 'niet') return true
  return false
}

/** "alle drie de pijlers", "steeds meer", "alleen reizen" claim nothing by themselves. */
function claimsNothing(words: readonly Lexeme[], at: number): boolean {
  const next = words[at + 1]?.folded ?? ''
  const isOnly = ONLY.has(words[at]?.folded ?? '')
  if (isOnly && isAfterNegation(words, at)) return true
  // "heel belangrijk" says how much, "heel Europa" and "heel het land" say all of it.
  if (words[at]?.folded === 'heel')
    return !/^(?:het|de)$/.test(next) && !/^\p{Lu}/u.test(words[at + 1]?.text ?? '')
  if (words[at]?.folded === 'alleen' && words.slice(Math.max(0, at - 4), at).some(isMoreThan)) return true
  if (words[at]?.folded === 'alleen') return /^(?:reis|reiz|kom|woon|wonen|sta|leef|leven)/.test(next)
  if (words[at]?.folded === 'steeds') return /^(?:meer|minder)$|er$/.test(next)
  return /^(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+)$/.test(next)
}

/** Words for all, always, only, most or a duty that the source does not carry. */
function findOverclaims(comparison: Comparison): Objections {
  const { sentence, source, from, to } = comparison
  const conflicts: Conflict[] = []
  let doubts = 0
  const isSaid = (set: ReadonlySet<string>, at: number) =>
    set.has((source[at] as Lexeme).folded) &&
    !(DUTY_SUPPORT.has((source[at] as Lexeme).folded) && deniedAt(source, at)) &&
    !deniesNothing(source, at) &&
    !deniesNothing(source, at - 1) &&
    !deniesNothing(source, at - 2)
  const anyIn = (set: ReadonlySet<string>, start: number, end: number) => {
    for (let at = Math.max(0, start); at < Math.min(source.length, end); at++)
      if (isSaid(set, at)) return true
    return false
  }
  /** Whether the source has one of the words near what the sentence says at a position. */
  const near = (at: number, set: ReadonlySet<string>) => {
    const next = sentence[at + 1]?.stem
    for (let place = from; place < to; place++)
      if (next !== undefined && source[place + 1]?.stem === next && isSaid(set, place)) return true
    const following = neighbour(sentence, at, 1)
    const about = [
      following,
      following < 0 ? -1 : neighbour(sentence, following, 1),
      neighbour(sentence, at, -1),
    ]
      .map(position => (position < 0 ? [] : metPlaces(comparison, position)))
      .filter(places => places.length > 0)
    if (about.length === 0) return anyIn(set, from, to)
    return about.some(places =>
      places.some(place => {
        const range = sentenceAt(comparison, place)
        return anyIn(
          set,
          Math.max(range.from, place - SUPPORT_DISTANCE),
          Math.min(range.to, place + SUPPORT_DISTANCE + 1),
        )
      }),
    )
  }
  for (const { kind, words, support, against } of STRONG_CLAIMS) {
    const at = sentence.findIndex(
      ({ folded }, index) =>
        (words.has(folded) || (words.has('meeste') && isLargestPart(sentence, index))) &&
        !claimsNothing(sentence, index) &&
        !deniesNothing(sentence, index - 1) &&
        !deniesNothing(sentence, index - 2),
    )
    if (at < 0) continue
    const isDenied = kind === 'obligation' && deniedDuty(comparison, neighbour(sentence, at, 1))
    if (!isDenied && near(at, support)) continue
    if (against === null || near(at, against)) conflicts.push({ kind, text: (sentence[at] as Lexeme).text })
    else doubts++
  }
  const few = new Set(FEW)
  const weak = sentence.findIndex(
    ({ folded }, at) => few.has(folded) || (folded === 'zoveel' && sentence[at + 1]?.folded === 'mogelijk'),
  )
  if (weak >= 0 && near(weak, FULL) && !near(weak, FEW_SUPPORT))
    conflicts.push({ kind: 'quantifier', text: (sentence[weak] as Lexeme).text })
  return { conflicts, doubts }
}

/** Words that put what stands before them above what follows. */
const ABOVE = new Set(
  'overtreft overtreffen overtrof overstijgt overstijgen overschrijdt overschrijden'.split(' '),
)
/** Comparatives that end in no "er". */
const COMPARATIVES = new Set('meer minder beter eerder liever'.split(' '))
/** Comparatives that put what they compare below. */
const BELOW = new Set('minder kleiner lager korter zwakker slechter lichter smaller geringer'.split(' '))

interface ComparisonCue {
  /** Half-open range of the words between the two sides. */
  readonly from: number
  readonly to: number
  /** Whether what stands first is the less of the two. */
  readonly below: boolean
}

/** "groter dan", "overtreft", "voorrang boven": the first comparison in a range of words. */
function comparisonIn(words: readonly Lexeme[], from: number, to: number): ComparisonCue | undefined {
  for (let at = from; at < to; at++) {
    const { folded } = words[at] as Lexeme
    if (ABOVE.has(folded)) return { from: at, to: at + 1, below: false }
    if (/^(?:voorrang|prioriteit)$/.test(folded) && words[at + 1]?.folded === 'boven')
      return { from: at, to: at + 2, below: false }
    if (!COMPARATIVES.has(folded) && !(folded.length > 4 && folded.endsWith('er'))) continue
    for (let than = at + 1; than < Math.min(to, at + 4); than++)
      if (words[than]?.folded === 'dan') return { from: at, to: than + 1, below: BELOW.has(folded) }
  }
  return undefined
}

/** Least weight that has to stand on the wrong side of a comparison on both sides. */
const LEAST_TURNED = 0.5

interface TurnedComparison {
  /** Position in the sentence of the word that compares. */
  readonly at: number
  /** Whether the word that compares is turned too, so that both say the same: "duurder" and "goedkoper". */
  readonly agrees: boolean
}

/** A comparison whose two sides stand the other way round in the source; `undefined` when there is none. */
function turnedComparison({
  sentence,
  source,
  meets,
  ranges,
  from,
  to,
}: Comparison): TurnedComparison | undefined {
  const said = comparisonIn(sentence, 0, sentence.length)
  if (!said) return undefined
  for (const range of ranges) {
    if (range.to <= from || range.from >= to) continue
    const told = comparisonIn(source, range.from, range.to)
    if (!told) continue
    /** Weight of a side of the sentence that stands only before, less what stands only after the source's comparison. */
    const before = (start: number, end: number) => {
      let sum = 0
      for (let at = start; at < end; at++) {
        const places = (meets[at] ?? []).filter(place => place >= range.from && place < range.to)
        const isBefore = places.some(place => place < told.from)
        const isAfter = places.some(place => place >= told.to)
        if (isBefore !== isAfter) sum += (sentence[at] as Lexeme).weight * (isBefore ? 1 : -1)
      }
      return sum
    }
    if (before(0, said.from) > -LEAST_TURNED || before(said.to, sentence.length) < LEAST_TURNED) continue
    const toldStem = (source[told.from] as Lexeme).stem
    const isOpposed = sidesOf(sentence[said.from] as Lexeme).some(({ other }) => other.has(toldStem))
    return { at: said.from, agrees: isOpposed || said.below !== told.below }
  }
  return undefined
}

/** Whether the source denies that what a word of the sentence meets is a duty. */
function deniedDuty(comparison: Comparison, position: number): boolean {
  const { source } = comparison
  return (position < 0 ? [] : metPlaces(comparison, position)).some(place => {
    const range = sentenceAt(comparison, place)
    for (
      let at = Math.max(range.from, place - SUPPORT_DISTANCE);
      at < Math.min(range.to, place + SUPPORT_DISTANCE);
      at++
    )
      if (DUTY_SUPPORT.has((source[at] as Lexeme).folded) && deniedAt(source, at)) return true
    return false
  })
}

/** Changes told as results. */
const CHANGES = new Set(
  (
    'toegenomen afgenomen gestegen gedaald gegroeid gekrompen verdubbeld gehalveerd verdrievoudigd verbeterd verslechterd ' +
    'verminderd vergroot verkleind'
  ).split(' '),
)

/** A change told as a result of which the source says nothing. */
function inventedChanges({ sentence, source, meets }: Comparison): Conflict[] {
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
function findDone({ sentence, source, from, to }: Comparison): Conflict[] {
  const region = source.slice(from, to)
  const stems = new Set(region.map(({ stem: stemmed }) => stemmed))
  const done = sentence.find(({ folded, stem: stemmed }) => DONE.has(folded) && !stems.has(stemmed))
  const isPerfect = sentence.some(({ folded }) => PERFECT.has(folded))
  if (!done || !isPerfect || sentence.some(({ folded }) => OPEN.has(folded))) return []
  return region.some(({ folded }) => OPEN.has(folded)) ? [{ kind: 'obligation', text: done.text }] : []
}

/** Every line of the table of opposites, as the stems of its two sides. */
export function oppositeLines(): readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] {
  return loadOpposites().lines
}
