/** Does a sentence claim more than its source: all, always, only, most, or a duty? */
import { type Comparison, type Conflict, metPlaces, neighbour, sentenceAt } from './comparison.js'
import { deniedAt, deniesNothing, ONLY } from './denials.js'
import type { Lexeme } from './lexemes.js'
import { exchangedModality } from './modality.js'

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
    'verplichtingen verbintenis verbintenissen moet moeten moest moesten dient dienen vereist vereisten eist eisen bindend bindende voorwaarde overnameplicht gehouden',
  ),
])

const EACH = list('elk elke ieder iedere')
const ALL_SUPPORT = new Set([
  ...ALL,
  ...WHOLLY,
  ...list('volle al zonder ongeacht noch geen wereldwijd algemeen algemene alomvattend alomvattende'),
])
const LESS_THAN_ALL = new Set([...FEW, ...MOST, ...PART])

/** Words that claim more than their absence would. Their support stands near what they speak of in the source. */
const STRONG_CLAIMS: readonly StrongClaim[] = [
  {
    kind: 'quantifier',
    words: new Set(
      [...ALL, ...WHOLLY].filter(word => !EACH.includes(word) && !/^(?:iedereen|beide)$/.test(word)),
    ),
    support: ALL_SUPPORT,
    against: LESS_THAN_ALL,
  },
  {
    kind: 'quantifier',
    words: new Set(EACH),
    support: new Set([...ALL_SUPPORT, 'per']),
    against: LESS_THAN_ALL,
  },
  {
    kind: 'quantifier',
    words: new Set(['iedereen']),
    support: new Set([...ALL_SUPPORT, ...list('openbaar openbare publiek')]),
    against: LESS_THAN_ALL,
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
    words: new Set(['recht']),
    support: new Set([
      ...DUTY_SUPPORT,
      ...list(
        'recht rechten mag mogen bevoegd bevoegdheid toegang aanspraak bescherming garanderen garandeert waarborgen verleend verlenen erkend gelijk gelijke',
      ),
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

/** Distance in words within which the support of a strong claim stands. */
const SUPPORT_DISTANCE = 8

/** What a sentence claims too strongly. */
export interface Overclaims {
  /** Claims that the source contradicts. */
  readonly conflicts: readonly Conflict[]
  /** Number of claims that the source neither carries nor contradicts. */
  readonly doubts: number
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

/** Words after "alleen" within which "niet" says what does not go alone. */
const BY_ITSELF = 12

/** "één land alleen kan het niet": what does not do by itself is no limit. */
function isByItself(words: readonly Lexeme[], at: number): boolean {
  if (words[at]?.folded !== 'alleen' || (words[at - 1]?.weight ?? 0) === 0) return false
  return words.slice(at + 1, at + BY_ITSELF).some(({ folded }) => folded === 'niet')
}

const asks = ({ folded }: Lexeme) => /^(?:wat|hoe|welke?|wie|waar)$/.test(folded)

/** "alleen als het veilig is" */
const isOnlyIf = (words: readonly Lexeme[], at: number) =>
  words[at]?.folded === 'alleen' && /^(?:als|indien|wanneer)$/.test(words[at + 1]?.folded ?? '')

/** "alle drie de pijlers", "steeds meer", "alleen reizen" claim nothing by themselves. */
function claimsNothing(words: readonly Lexeme[], at: number): boolean {
  const next = words[at + 1]?.folded ?? ''
  const isOnly = ONLY.has(words[at]?.folded ?? '')
  if (isOnly && (isAfterNegation(words, at) || isByItself(words, at))) return true
  if (words[at]?.folded === 'recht') return !/^(?:om|op)$/.test(next)
  // "wat er precies in staat" says no more than "wat er in staat".
  if (words[at]?.folded === 'precies' && words.slice(Math.max(0, at - 3), at).some(asks)) return true
  // "heel belangrijk" says how much, "heel Europa" and "heel het land" say all of it.
  if (words[at]?.folded === 'heel')
    return !/^(?:het|de)$/.test(next) && !/^\p{Lu}/u.test(words[at + 1]?.text ?? '')
  if (words[at]?.folded === 'alleen' && words.slice(Math.max(0, at - 4), at).some(isMoreThan)) return true
  if (words[at]?.folded === 'alleen') return /^(?:reis|reiz|kom|woon|wonen|sta|leef|leven)/.test(next)
  if (words[at]?.folded === 'steeds') return /^(?:meer|minder)$|er$/.test(next)
  return /^(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+)$/.test(next)
}

/** "rekening gehouden met", "overleg gehouden": nobody is held to anything. */
const isOtherHeld = (words: readonly Lexeme[], at: number) =>
  words[at]?.folded === 'gehouden' && !/^(?:om|te|tot|aan)$/.test(words[at + 1]?.folded ?? '')

/** Words for all, always, only, most or a duty that the source does not carry. */
export function findOverclaims(comparison: Comparison): Overclaims {
  const { sentence, source, from, to } = comparison
  const conflicts: Conflict[] = []
  let doubts = 0
  const isSaid = (set: ReadonlySet<string>, at: number) =>
    set.has((source[at] as Lexeme).folded) &&
    !isOtherHeld(source, at) &&
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
    // What works only under a condition must meet it.
    if (isOnlyIf(sentence, at) && near(at, DUTY_SUPPORT)) continue
    if (against === null || near(at, against)) conflicts.push({ kind, text: (sentence[at] as Lexeme).text })
    else doubts++
  }
  const exchanged = exchangedModality(comparison)
  if (exchanged?.told === 'allowed')
    conflicts.push({ kind: 'obligation', text: (sentence[exchanged.at] as Lexeme).text })
  else if (exchanged) doubts++
  const few = new Set(FEW)
  const weak = sentence.findIndex(
    ({ folded }, at) => few.has(folded) || (folded === 'zoveel' && sentence[at + 1]?.folded === 'mogelijk'),
  )
  if (weak >= 0 && near(weak, FULL) && !near(weak, FEW_SUPPORT))
    conflicts.push({ kind: 'quantifier', text: (sentence[weak] as Lexeme).text })
  return { conflicts, doubts }
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
