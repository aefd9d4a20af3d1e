/** What kind of thing a question asks for, and where such things stand in a text. */
import { tokens } from '../ingest/analysis.js'

/** The kinds of answers that can be told from the words of a question. */
export type AnswerType =
  | 'amount'
  | 'percentage'
  | 'number'
  | 'date'
  | 'person'
  | 'place'
  | 'list'
  | 'definition'
  | 'reason'
  | 'yes-no'
  | 'other'

const MONTH = 'januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december'
const NUMBER_WORD =
  'een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig|honderd|duizend'
const MAGNITUDE = 'duizend|miljoen|miljard|mln|mld'

/** Question words per type; the first row that fits decides. */
const TYPE_PATTERNS: readonly (readonly [AnswerType, RegExp])[] = [
  ['percentage', /\b(?:hoeveel|welk|wat)\b.{0,20}\b(?:procent|percentage|%)/u],
  [
    'amount',
    /\b(?:hoeveel (?:geld|euro|miljoen|miljard|budget|subsidie|financiering)|welke? (?:\p{L}+ )?(?:bedrag|budget|som)|wat (?:kost|is het (?:bedrag|budget))|hoe duur|hoe ?veel .{0,30}(?:begroot|uitgetrokken|beschikbaar|kost))/u,
  ],
  ['date', /\b(?:wanneer|welke? (?:datum|data|dag|dagen|jaar|jaren|maand|maanden|periode)|hoe laat)\b/u],
  ['number', /\b(?:hoeveel|hoe (?:veel|groot|lang|vaak|oud|hoog)|welk aantal|wat is het aantal)\b/u],
  [
    'person',
    /(?:^|[,;] ?|\b(?:en|door|met|aan|van|voor|namens) )wie\b|\bwelke (?:minister|ministers|persoon|personen|bewindspersoon|bewindspersonen)\b/u,
  ],
  [
    'place',
    /\bwaar(?! (?:staat|gaat|moet|dient|zorgt)\b.{0,40}\b(?:voor|over|aan|om|op)\b)\b|\bwelke? (?:land|landen|stad|steden|plaats|plaatsen|regio|regio's|gebied|gebieden)\b/u,
  ],
  ['reason', /\b(?:waarom|waardoor|om welke reden|hoe komt het|hoezo)\b/u],
  [
    'definition',
    /\b(?:wat (?:is|zijn) (?:een |de |het )?[^ ]+(?: [^ ]+)?\??$|wat (?:betekent|houdt|verstaat|verstaan)|waar staat .{2,40} voor|wat bedoel|wat wordt (?:er )?bedoeld|definitie|afkorting)/u,
  ],
  [
    'list',
    /\b(?:welke \p{L}+(?:en|s)\b|noem|som op|opsomming|wat zijn (?:de|het)|wat (?:moeten|willen|doen|staat er)|waaruit|waaraan|waarop|welke manieren|uit welke|lijst)/u,
  ],
  [
    'yes-no',
    /^(?:en )?(?:is|zijn|was|waren|kan|kunnen|mag|mogen|moet|moeten|wil|willen|heeft|hebben|had|komt|komen|gaat|gaan|wordt|worden|werd|zal|zullen|zou|zouden|doet|doen|krijgt|krijgen|geldt|gelden|bestaat|bestaan|staat|vindt|geeft|mogen|hoeft|hoeven|klopt)\b/u,
  ],
]

/** The kind of answer that a question asks for. */
export function answerType(question: string): AnswerType {
  const folded = question.toLowerCase().trim()
  return TYPE_PATTERNS.find(([, pattern]) => pattern.test(folded))?.[0] ?? 'other'
}

/** Whether the question asks for several things, so that a list in the text answers it as a whole. */
export function asksForList(question: string): boolean {
  const folded = question.toLowerCase()
  return (
    /\bwelke (?:\p{L}+ ){0,3}?\p{L}{3,}(?:en|s|'s)\b/u.test(folded) ||
    /\b(?:noem|som\b.{0,30}\bop\b|opsomming|lijst(?:je)?|wat zijn (?:de|het|al|alle)\b|uit welke|op welke manieren|waaruit bestaa|wat moeten|waar moet.{0,40}aan voldoen)/u.test(
      folded,
    )
  )
}

/** The things of which several are asked: "prioriteiten" in "wat zijn de prioriteiten van …"; `null` when none is named. */
export function listedNoun(question: string): string | null {
  const match =
    /\b(?:welke|noem(?: mij)?(?: de| alle)?|wat zijn (?:de|al de|alle)|opsomming van(?: de)?|lijst(?:je)? (?:van|met)(?: de)?|uit welke|op welke) (?:(?:\p{L}+e|\p{L}+) )??(\p{L}{3,}(?:en|s|'s))(?!\p{L})/iu.exec(
      question,
    )
  return match?.[1] ?? null
}

const VALUE_PATTERNS: Partial<Record<AnswerType, RegExp>> = {
  amount: new RegExp(
    `(?:€ ?|EUR )\\d[\\d.,]*(?: (?:${MAGNITUDE}))?|(?:\\d[\\d.,]*|${NUMBER_WORD})(?: (?:${MAGNITUDE}))? euro(?: per (?:jaar|maand))?`,
    'giu',
  ),
  percentage: /\d[\d.,]* ?(?:%|procent\b)/giu,
  date: new RegExp(
    `(?:\\d{1,2}(?:(?:[-–/]| en | tot )\\d{1,2})? )?(?:${MONTH})(?: \\d{4})?|\\b(?:19|20)\\d{2}\\b`,
    'giu',
  ),
  number: new RegExp(
    `(?<![\\p{L}\\d(/])(?:\\d[\\d.,]*\\d|\\d)(?: (?:${MAGNITUDE}))?(?![\\d/)])|(?<!\\p{L})(?:${NUMBER_WORD})(?: (?:${MAGNITUDE}))(?!\\p{L})`,
    'giu',
  ),
}

/**
 * What is counted by "hoeveel": the noun after it, or `null`. "Hoe vaak" and "hoe lang" count nothing that a number by
 * itself answers.
 */
export function countedNoun(question: string): string | null {
  return /\b(?:hoeveel|welk aantal) (?:\p{L}+e )?(\p{L}{3,})/iu.exec(question)?.[1] ?? null
}

/** A number before a noun, in digits or words, years left out. */
const COUNT = new RegExp(
  `(?<![\\p{L}\\d.,(/])(?!(?:19|20)\\d{2}(?!\\d))(?:\\d[\\d.,]*\\d|\\d|${NUMBER_WORD})(?: (?:${MAGNITUDE}))?(?= (?:\\p{L}+ ){0,2}(\\p{L}{3,}))`,
  'giu',
)

/**
 * The numbers of a text that count a noun: "zeventien landen", "44 miljoen mensen".
 *
 * @param isSameNoun whether a word of the text is the noun that is asked for
 */
export function findCounts(text: string, isSameNoun: (word: string) => boolean): FoundValue[] {
  return [...text.matchAll(COUNT)].flatMap(match => {
    const following =
      text
        .slice(match.index + match[0].length)
        .match(/\p{L}+/gu)
        ?.slice(0, 3) ?? []
    return following.some(isSameNoun) ? [{ start: match.index, end: match.index + match[0].length }] : []
  })
}

/** A value in a text. */
export interface FoundValue {
  readonly start: number
  readonly end: number
}

/** All values of a type in a text, in order; empty for types that have no form of their own. */
export function findValues(text: string, type: AnswerType): FoundValue[] {
  const pattern = VALUE_PATTERNS[type]
  if (!pattern) return []
  return [...text.matchAll(pattern)].map(match => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
}

/** The values of a text that can be what is asked for: of a number only those that count the asked noun. */
export function askedValues(question: string, text: string): FoundValue[] {
  const type = answerType(question)
  if (type !== 'number') return findValues(text, type)
  const noun = countedNoun(question)
  const asked = noun === null ? undefined : tokens(noun)[0]?.stem
  if (asked === undefined) return []
  const isAsked = (word: string) => tokens(word)[0]?.stem === asked
  const counts = findCounts(text, isAsked)
  return counts.length > 0 ? counts : findTotals(text, isAsked)
}

/** Numbers that a sentence gives for "het aantal" of a noun: "Het aantal migranten bedraagt 214 miljoen". */
function findTotals(text: string, isSameNoun: (word: string) => boolean): FoundValue[] {
  const total = [...text.matchAll(/(?<!\p{L})aantal((?: \p{L}+){1,3})/giu)].find(([, words = '']) =>
    words.trim().split(' ').some(isSameNoun),
  )
  if (!total) return []
  const from = total.index + total[0].length
  const sentence = /^[^.!?]*(?:[.,]\d[^.!?]*)*/.exec(text.slice(from))?.[0] ?? ''
  return findValues(sentence, 'number').map(({ start, end }) => ({ start: from + start, end: from + end }))
}
