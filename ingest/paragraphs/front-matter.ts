/** Metadata: number, date, sender, addressee and subject, at the head of a document or in its running text. */
import type { Furniture, Span } from '../corpus.js'
import { type Block, block } from '../formats/format.js'
import { textOf, withoutMarks } from './text-shape.js'

const MONTHS = [
  'januari',
  'februari',
  'maart',
  'april',
  'mei',
  'juni',
  'juli',
  'augustus',
  'september',
  'oktober',
  'november',
  'december',
]
const DATE = new RegExp(`(\\d{1,2}) (${MONTHS.join('|')}) (\\d{4})`)
const DATE_LINE = new RegExp(
  `^(?:(?:Datum:?|\\p{Lu}[\\p{L} -]{2,30},) )?(?:de )?${DATE.source}(?!.{30})`,
  'u',
)
const NUMBER =
  /\b(?:\d{4,5}(?:\/\d{1,2})?\/\d{2}(?!\d)(?: (?:REV|ADD|COR) \d+)*|(?:COM|SEC|SWD|JOIN)\(\d{4}\) ?\d+(?: (?:definitief|final))?)/
const NUMBER_LINE = new RegExp(`^${NUMBER.source}$`)
const FIELD =
  /^(?:(?:van|aan|to|from)\s*:|(?:datum|betreft|onderwerp|ons kenmerk|onze referentie|uw kenmerk|uw brief van|kenmerk|nr\. vorig doc\.?|nr\. comvoorstel|nr\. commissievoorstel|documentnummer|dossiernummer|zaaknummer|contactpersoon|afzender|bijlagen?\s*:)\b|(?:plaats|locatie|aanwezig(?:en)?|afwezig(?:en)?|notulist|versie|status|auteurs?|steller|opsteller|portefeuillehouder)\s*:)\s*:?\s*\S/i
/** A fact that says what it is, so that it needs no other beside it. */
const STATED = /^(?:datum|betreft|onderwerp|kenmerk|documentnummer|zaaknummer|dossiernummer)\s*:\s*\S/i
/** "Datum: 03-05-2031"; without the word such a number could be anything. */
const NUMERIC_DATE = /^Datum\s*:?\s*(?:(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})|(\d{4})-(\d{2})-(\d{2}))\b/i
/** Who publishes; the name of a document stands elsewhere. */
const PUBLISHER =
  /\b(?:raad|commissie|unie|parlement|kamer|ministerie|gemeente|provincie|waterschap|kabinet|bestuur|directie|dienst|inspectie|rijk|regering)/i
/** What a document says it is about. */
const SUBJECT = /^(?:betreft|onderwerp)\s*:?\s*(\S.*)$/i
const ADDRESSEE = /^Aan de (?:Voorzitter|leden|Tweede Kamer|Eerste Kamer|Raad)\b/
/** Blocks from the beginning among which the head is looked for. */
const HEAD_BLOCKS = 40
/** A longer piece that ends a sentence is body text. */
const BODY_LENGTH = 160

/** Blocks after the head among which the title is looked for. */
const TITLE_BLOCKS = 6
const CHAPTER =
  /^(?:\d+\.|[IVX]+\.|(?:artikel|hoofdstuk|afdeling|paragraaf)\s+[\dIVX]|(?:inleiding|samenvatting|aanleiding|doel(?:stelling(?:en)?)?)$)/i

/** The blocks with the metadata named, what is left of the furniture, and what was found. */
export interface FrontMatter {
  readonly blocks: readonly Block[]
  readonly furniture: readonly Furniture[]
  readonly found: {
    readonly title: string | null
    readonly date: string | null
    readonly documentNumber: string | null
  }
}

/**
 * Names the metadata. Two pieces that only a document's head has make a head: then all short pieces up to the last of
 * them are metadata, also "LIMITE" and the name of the institution. Number and date that stand nowhere but in running
 * text or a margin are taken from their first occurrence there; the other occurrences stay furniture.
 */
export function readFrontMatter(
  source: string,
  blocks: readonly Block[],
  furniture: readonly Furniture[],
): FrontMatter {
  const texts = blocks.slice(0, HEAD_BLOCKS).map(each => textOf(source, each.spans))
  const bare = texts.map(withoutMarks)
  let end = blocks.findIndex(
    (each, index) =>
      index >= HEAD_BLOCKS ||
      (each.kind === 'text' && !isEvidence(bare[index] ?? '') && isBodyText(bare[index] ?? '')),
  )
  if (end < 0) end = Math.min(blocks.length, HEAD_BLOCKS)
  const evidence = bare.slice(0, end).map(isEvidence)
  const last = evidence.lastIndexOf(true)
  // A format that hands metadata over has said what the head is.
  const isStated = blocks.some(each => each.kind === 'metadata')
  const isHead = !isStated && evidence.filter(Boolean).length >= 2
  const titleAfter = readTitle(source, blocks, isHead ? last + 1 : 0)
  const subject = bare
    .slice(0, last + 1)
    .map(text => SUBJECT.exec(text)?.[1])
    .find(text => text !== undefined)
  // A heading that stands alone above the facts of a document is its title, unless one follows them.
  const isTitleBefore =
    isHead &&
    subject === undefined &&
    evidence[1] === true &&
    evidence[0] === false &&
    blocks[0]?.kind === 'heading' &&
    (titleAfter === null || !PUBLISHER.test(bare[0] ?? ''))
  const named = blocks.map((each, index) => {
    const isOwnHeading = each.kind === 'heading' && each.depth !== null && !/^[*_]/.test(texts[index] ?? '')
    if (isOwnHeading || isStated || each.kind === 'footnote' || (isTitleBefore && index === 0)) return each
    const isFact = index < end && each.kind === 'text' && STATED.test(bare[index] ?? '')
    return (isHead && index <= last) || isFact ? { ...each, kind: 'metadata' as const } : each
  })
  const head = named
    .filter(each => each.kind === 'metadata')
    .map(each => withoutMarks(textOf(source, each.spans)))
  const number = head.find(text => NUMBER_LINE.test(text)) ?? null
  const dated = head.map(text => DATE_LINE.exec(text)).find(match => match !== null) ?? null
  const pieces = [...furniture]
  const hidden = {
    number: number === null ? takeFrom(pieces, source, NUMBER, name => name.startsWith('running')) : null,
    date: dated === null ? takeFrom(pieces, source, DATE, name => name === 'margin text') : null,
  }
  const all = [...named, ...Object.values(hidden).flatMap(span => (span ? [block('metadata', [span])] : []))]
  const date = hidden.date ? DATE.exec(source.slice(...hidden.date)) : dated && DATE.exec(dated[0])
  const numeric = head.map(numericDate).find(found => found !== null)
  return {
    blocks: all.sort((a, b) => (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0)),
    furniture: pieces,
    found: {
      title: (isTitleBefore ? bare[0] : (titleAfter ?? subject)) ?? null,
      date: date ? isoDate(date) : (numeric ?? null),
      documentNumber: number ?? (hidden.number ? source.slice(...hidden.number) : null),
    },
  }
}

function isEvidence(text: string): boolean {
  return FIELD.test(text) || ADDRESSEE.test(text) || DATE_LINE.test(text) || NUMBER_LINE.test(text)
}

function isBodyText(text: string): boolean {
  return /[.:;]$/.test(text) && text.length > BODY_LENGTH / 2
}

/** Takes the first match out of the furniture it stands in. */
function takeFrom(
  furniture: Furniture[],
  source: string,
  pattern: RegExp,
  isPlace: (name: string) => boolean,
): Span | null {
  for (const [index, piece] of furniture.entries()) {
    if (!isPlace(piece.name)) continue
    for (const [start, end] of piece.spans) {
      const match = pattern.exec(source.slice(start, end))
      if (!match) continue
      const taken: Span = [start + match.index, start + match.index + match[0].length]
      const rest = piece.spans.flatMap(span =>
        span[0] === start
          ? [
              [start, taken[0]],
              [taken[1], end],
            ]
          : [[...span]],
      )
      const spans = rest
        .map(([from = 0, to = 0]) => trimmed(source, from, to))
        .filter(([from, to]) => to > from)
      furniture.splice(index, 1, ...(spans.length > 0 ? [{ name: piece.name, spans }] : []))
      return taken
    }
  }
  return null
}

function trimmed(source: string, start: number, end: number): Span {
  const text = source.slice(start, end)
  const from = start + text.length - text.trimStart().length
  return [from, Math.max(from, from + text.trim().length)]
}

function isoDate(match: RegExpExecArray): string {
  const [, day = '', month = '', year = ''] = match.slice(-4)
  return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** The date of a line such as "Datum: 03-05-2031"; `null` where there is none. */
function numericDate(text: string): string | null {
  const [, day, month, year, ...parts] = NUMERIC_DATE.exec(text) ?? []
  if (parts[0] !== undefined) return parts.join('-')
  if (day === undefined || month === undefined || Number(month) > 12 || Number(day) > 31) return null
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/**
 * The headings before the first text, or where a head stands before it the first heading after that; a chapter such as
 * "1. INLEIDING" is no title.
 */
function readTitle(source: string, blocks: readonly Block[], head: number): string | null {
  const rest = blocks.slice(head, head + TITLE_BLOCKS).filter(each => each.kind !== 'footnote')
  const first = rest.findIndex(each => each.kind === 'heading')
  if (first < 0 || (first > 0 && head === 0)) return null
  const title: string[] = []
  for (const each of rest.slice(first)) {
    const text = withoutMarks(textOf(source, each.spans))
    if (each.kind !== 'heading' || CHAPTER.test(text)) break
    title.push(text)
  }
  return title.length > 0 ? title.join(' ') : null
}

/** The everyday name of a piece of metadata, for search; `null` where the piece says it itself. */
export function metadataName(text: string): string | null {
  const bare = withoutMarks(text)
  if (/^betreft/i.test(bare)) return 'Onderwerp'
  if (/^van\s*:/i.test(bare)) return 'Afzender'
  if (/^aan\b/i.test(bare)) return 'Geadresseerde'
  if (/^datum/i.test(bare)) return null
  if (DATE_LINE.test(bare)) return 'Datum'
  return NUMBER_LINE.test(bare) || /^BWB[RVW]\d{7}$/.test(bare) ? 'Documentnummer' : null
}
