/** Numbers, percentages, amounts and dates of a text as values that can be compared, in digits and in words. */

/** A number, with what it counts. */
export interface NumberValue {
  readonly kind: 'number'
  readonly value: number
  /** `percent` also for "de helft" and "een kwart"; `ordinal` for "tweede"; `label` for "artikel 13". */
  readonly unit: 'percent' | 'ordinal' | 'label' | 'plain'
  /** The noun that stands beside it, folded: before a label, after any other number; `null` at the end of a text. */
  readonly noun: string | null
  readonly start: number
  readonly end: number
}

/** A date, as far as it is told. */
export interface DateValue {
  readonly kind: 'date'
  readonly day: number | null
  /** 1..12 */
  readonly month: number | null
  readonly year: number | null
  readonly start: number
  readonly end: number
}

/** An identifier with a slash or stroke, such as "2003/109/EG" or "9283/09", compared as written. */
export interface IdentifierValue {
  readonly kind: 'identifier'
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Any value. */
export type Value = NumberValue | DateValue | IdentifierValue

const MONTHS =
  'januari februari maart april mei juni juli augustus september oktober november december'.split(' ')
const MONTH = MONTHS.join('|')
const DASH = '[-–—/]'

const UNITS = new Map(
  Object.entries({
    nul: 0,
    een: 1,
    twee: 2,
    drie: 3,
    vier: 4,
    vijf: 5,
    zes: 6,
    zeven: 7,
    acht: 8,
    negen: 9,
    tien: 10,
    elf: 11,
    twaalf: 12,
    dertien: 13,
    veertien: 14,
    vijftien: 15,
    zestien: 16,
    zeventien: 17,
    achttien: 18,
    negentien: 19,
  }),
)
const TENS = new Map(
  Object.entries({
    twintig: 20,
    dertig: 30,
    veertig: 40,
    vijftig: 50,
    zestig: 60,
    zeventig: 70,
    tachtig: 80,
    negentig: 90,
  }),
)
const MAGNITUDES = new Map(
  Object.entries({
    honderd: 100,
    duizend: 1e3,
    miljoen: 1e6,
    mln: 1e6,
    miljard: 1e9,
    mld: 1e9,
    biljoen: 1e12,
  }),
)
const ORDINALS = new Map(
  Object.entries({
    tweede: 2,
    derde: 3,
    vierde: 4,
    vijfde: 5,
    zesde: 6,
    zevende: 7,
    achtste: 8,
    negende: 9,
    tiende: 10,
    elfde: 11,
    twaalfde: 12,
    twintigste: 20,
  }),
)
const FRACTIONS = new Map(Object.entries({ helft: 50, kwart: 25, driekwart: 75 }))
/** Nouns whose number follows them. */
const LABELS =
  'artikel|artikelen|art|lid|pijler|punt|bijlage|hoofdstuk|titel|paragraaf|voetnoot|onderdeel|zitting|fase'

/** Numbers in a manner of speaking. */
const IDIOMS = /^(?:één lijn|twee kanten|één loket|één geheel|één voor één|tweede kans)/
/** "tweejaarlijks", "drieledig": a number within a word. */
const COUNTED_PREFIX =
  /^(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf)(?=jaar|jarig|maand|week|wekelijks|daags|ledig|delig|voudig|voud|tal)/

/** The value of a number written as a Dutch word; `undefined` when the word is none. */
export function parseNumberWord(word: string): number | undefined {
  const folded = word.toLowerCase().normalize('NFC').replace(/ë/g, 'e').replace(/é/g, 'e')
  return folded === '' ? undefined : parseBelow(folded)
}

function parseBelow(word: string): number | undefined {
  const simple = UNITS.get(word) ?? TENS.get(word)
  if (simple !== undefined) return simple
  for (const [name, factor] of [
    ['duizend', 1000],
    ['honderd', 100],
  ] as const) {
    const at = word.indexOf(name)
    if (at < 0) continue
    const [before, after] = [word.slice(0, at), word.slice(at + name.length).replace(/^en(?=.)/, '')]
    const many = before === '' ? 1 : parseBelow(before)
    const rest = after === '' ? 0 : parseBelow(after)
    return many === undefined || rest === undefined || rest >= factor ? undefined : many * factor + rest
  }
  const tens = [...TENS].find(([name]) => word.endsWith(`en${name}`))
  if (!tens) return undefined
  const unit = UNITS.get(word.slice(0, -tens[0].length - 2))
  return unit !== undefined && unit > 0 && unit < 10 ? tens[1] + unit : undefined
}

function parseDigits(text: string): number {
  if (/^\d{1,3}(?:[.\u00a0 ]\d{3})+(?:,\d+)?$/.test(text))
    return Number(text.replace(/[.\u00a0 ]/g, '').replace(',', '.'))
  return Number(text.replace(',', '.'))
}

interface Taken {
  readonly values: Value[]
  /** The text with everything that was read already blanked, so that it is not read twice. */
  text: string
}

function take(
  state: Taken,
  pattern: RegExp,
  read: (match: RegExpExecArray) => readonly Value[] | undefined,
): void {
  for (const match of state.text.matchAll(pattern)) {
    const found = read(match)
    if (!found) continue
    state.values.push(...found)
    state.text =
      state.text.slice(0, match.index) +
      '\u0001'.repeat(match[0].length) +
      state.text.slice(match.index + match[0].length)
  }
}

/** The noun that a number counts: the next word that is not a mere adjective ending, at most two words on. */
function nounAfter(text: string, at: number): string | null {
  const words = text.slice(at, at + 60).match(/^[\s\u00a0]*(\p{L}{3,})(?:\s+(\p{L}{3,}))?/u)
  if (!words) return null
  const [, first = '', second] = words
  // An adjective takes an e before its noun: "drie belangrijke pijlers".
  return (/(?:ke|le|se|re|ge|ve|ne|de|te|me)$/.test(first) && second ? second : first).toLowerCase()
}

/** All values of a text in reading order. */
export function findValues(original: string): Value[] {
  const state: Taken = { values: [], text: original }
  const span = (match: RegExpExecArray) => ({ start: match.index, end: match.index + match[0].length })
  takeDates(state, span)
  take(
    state,
    /(?<![\d.,])\d{1,4}(?:\/\d{1,4}){1,2}(?:\/[A-Z]{2,4})?(?!\d)|(?<![\p{L}\d])[A-Z]{1,4}\/\d+(?:\/\d+)*/gu,
    match => [{ kind: 'identifier', text: match[0], ...span(match) }],
  )
  take(state, new RegExp(`(?<!\\p{L})(${LABELS})\\.? (\\d{1,4})(?![\\d,.]\\d)`, 'giu'), match => [
    {
      kind: 'number',
      value: Number(match[2]),
      unit: 'label',
      noun: (match[1] as string).toLowerCase(),
      start: match.index + (match[0].length - (match[2] as string).length),
      end: match.index + match[0].length,
    },
  ])
  const magnitude = [...MAGNITUDES.keys()].join('|')
  take(
    state,
    new RegExp(
      `(?<![\\p{L}\\d/])(\\d[\\d.,]*\\d|\\d)(?:[ \\u00a0]?(${magnitude})(?!\\p{L}))?([ \\u00a0]?(?:%|procent|percent))?`,
      'giu',
    ),
    match => {
      const digits = parseDigits(match[1] as string)
      if (Number.isNaN(digits)) return [{ kind: 'identifier', text: match[1] as string, ...span(match) }]
      const value = digits * (MAGNITUDES.get((match[2] ?? '').toLowerCase()) ?? 1)
      const rounded = Number(value.toPrecision(12))
      const unit = match[3]
        ? 'percent'
        : /^(?:e|ste|de)(?!\p{L})/u.test(state.text.slice(span(match).end))
          ? 'ordinal'
          : 'plain'
      return [
        { kind: 'number', value: rounded, unit, noun: nounAfter(original, span(match).end), ...span(match) },
      ]
    },
  )
  takeWords(state, original)
  return state.values.sort((a, b) => a.start - b.start)
}

function takeDates(state: Taken, span: (match: RegExpExecArray) => { start: number; end: number }): void {
  take(
    state,
    new RegExp(
      `(?<![\\d/.,])((?:\\d{1,2}(?:e)?(?: ?(?:,|en|tot|tot en met|t/m|${DASH}) ?)){0,4}\\d{1,2}) (${MONTH})(?!\\p{L})(?:,? (\\d{4})(?!\\d))?`,
      'giu',
    ),
    match => {
      const month = MONTHS.indexOf((match[2] as string).toLowerCase()) + 1
      const year = match[3] ? Number(match[3]) : null
      return [...(match[1] as string).matchAll(/\d{1,2}/g)].map(([day]) => ({
        kind: 'date' as const,
        day: Number(day),
        month,
        year,
        ...span(match),
      }))
    },
  )
  take(state, new RegExp(`(?<!\\p{L})(${MONTH})(?!\\p{L})(?: (\\d{4})(?!\\d))?`, 'giu'), match => {
    // "mei" and "maart" are written small; a capital opens a sentence or is a name.
    return [
      {
        kind: 'date',
        day: null,
        month: MONTHS.indexOf((match[1] as string).toLowerCase()) + 1,
        year: match[2] ? Number(match[2]) : null,
        ...span(match),
      },
    ]
  })
  take(state, /(?<![\d/-])(\d{4})-(\d{2})-(\d{2})(?![\d-])/g, match => [
    { kind: 'date', day: Number(match[3]), month: Number(match[2]), year: Number(match[1]), ...span(match) },
  ])
  take(state, /(?<![\d/.-])(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?![\d-])/g, match =>
    Number(match[2]) > 12
      ? undefined
      : [
          {
            kind: 'date',
            day: Number(match[1]),
            month: Number(match[2]),
            year: Number(match[3]),
            ...span(match),
          },
        ],
  )
  take(
    state,
    /(?<![\d.,/])((?:1[5-9]|20|21)\d{2})(?![\d/]|[.,]\d|[ \u00a0]?(?:%|procent|euro|miljoen|miljard))/g,
    match => [{ kind: 'date', day: null, month: null, year: Number(match[1]), ...span(match) }],
  )
}

function takeWords(state: Taken, original: string): void {
  take(state, /(?<!\p{L})\p{L}+(?!\p{L})/gu, match => {
    const word = match[0].toLowerCase().normalize('NFC')
    const start = match.index
    const end = start + word.length
    const before = original.slice(Math.max(0, start - 12), start).toLowerCase()
    const after = original.slice(end, end + 14)
    const number = (value: number, unit: NumberValue['unit'], length = 0): Value[] => [
      { kind: 'number', value, unit, noun: nounAfter(original, end + length), start, end: end + length },
    ]
    const fraction = FRACTIONS.get(word)
    if (fraction !== undefined)
      // "de eerste helft van 2011" is no half of anything counted.
      return /(?:eerste|tweede) $/.test(before) ? undefined : number(fraction, 'percent')
    const ordinal = ORDINALS.get(word)
    if (ordinal !== undefined) {
      // "derde landen" are no third of anything.
      if (word === 'derde' && /^[ -]?land/i.test(after)) return undefined
      const count = parseNumberWord(/(\p{L}+) $/u.exec(before)?.[1] ?? '')
      if (count !== undefined && ordinal >= 3 && /(?:een|twee|drie|vier) $/.test(before))
        return number(Math.round((1000 * count) / ordinal) / 10, 'percent')
      return number(ordinal, 'ordinal')
    }
    const magnitude = new RegExp(`^[ \\u00a0](${[...MAGNITUDES.keys()].join('|')})(?!\\p{L})`, 'iu').exec(
      after,
    )
    const factor = MAGNITUDES.get((magnitude?.[1] ?? '').toLowerCase()) ?? 1
    // The article "een" counts nothing, unless it is stressed or counts millions.
    if (word === 'een' && factor === 1) return undefined
    if (IDIOMS.test(`${word}${after}`)) return undefined
    const prefix = COUNTED_PREFIX.exec(word)
    if (prefix) return number(UNITS.get(prefix[1] as string) as number, 'plain')
    if (word === 'acht' && /\b(?:in|ter) $/.test(before)) return undefined
    const value = parseNumberWord(word)
    if (value === undefined) return undefined
    // Read with the fraction that follows.
    if (value < 5 && /^ (?:derde|vierde|vijfde)(?! land)(?!\p{L})/u.test(after)) return undefined
    const percent = /^[ \u00a0](?:procent|percent)(?!\p{L})/iu.exec(after)
    return number(value * factor, percent ? 'percent' : 'plain', (magnitude ?? percent)?.[0].length ?? 0)
  })
}
