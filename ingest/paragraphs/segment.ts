/** From the lines of a text without structure to blocks: which lines belong together, and what each piece is. */
import type { Furniture, Span } from '../corpus.js'
import { type Block, block } from '../formats/format.js'
import { referencesIn, takeFootnotes } from './footnotes.js'
import { isHeading } from './headings.js'
import { isBareLabel, type Label, readLabel } from './labels.js'
import { byPage, columnWidth, type Line, pagesByFormFeed, splitLines, textWidth } from './lines.js'
import { cutMargins } from './margins.js'
import { readPages } from './pages.js'
import { findRows, type TableRow } from './tables.js'
import { endsClause, endsSentence, isCapitals, startsLowerCase, wordCharacters } from './text-shape.js'

/** A text in pieces. */
export interface Segmented {
  readonly blocks: readonly Block[]
  readonly furniture: readonly Furniture[]
  /** Offset of the first character of each page; `null` where no page break is recognisable. */
  readonly pageStarts: readonly number[] | null
  readonly warnings: readonly string[]
}

/** Lines that belong together. */
interface Group {
  readonly lines: Line[]
  readonly label: Label | null
  /** What it is as a row of a table; `null` for all else. */
  readonly row: TableRow | null
  /** Whether it states one fact: "Datum: 3 mei 2031". */
  readonly isField: boolean
}

/** How a page uses its blank lines, and how wide its text is. */
interface Layout {
  /** Pages on which blank lines are spacing: many stand inside sentences, so that they end nothing. */
  readonly spaced: ReadonlySet<number>
  /** Whether the document has hardly a blank line, so that only a short last line shows where a paragraph ends. */
  readonly isDense: boolean
  readonly width: number
}

/**
 * A line ended early when the next word would have fitted in this share of the column's width; a paragraph ends there.
 * Estimated widths of full lines of the seeds lie within 8 % of the column's.
 */
const SHORT_LINE = 0.92
/** The same for documents without blank lines, where it is the only sign and must be plain. */
const VERY_SHORT_LINE = 0.8
/** Share of blank lines inside sentences from which the blank lines of a page are spacing; the seeds have 0 or above 0.4. */
const SPACED = 0.25
/** Lines per blank line from which a document is set without blank lines between its paragraphs. */
const DENSE = 25

/**
 * Finds the pieces of a text in its lines.
 *
 * @param pageStarts offsets of the page starts where the format knows them
 * @param headings depths of headings by the offset of their lines, where the format knows the size of the type
 */
export function segment(
  source: string,
  pageStarts: readonly number[] | null,
  headings: ReadonlyMap<number, number> | null = null,
): Segmented {
  const starts = pageStarts ?? pagesByFormFeed(source)
  const paged = readPages(splitLines(source), starts)
  const trimmed = cutMargins(paged.lines)
  const noted = takeFootnotes(trimmed.lines)
  const stray = takeStrayMarks(noted.lines)
  const groups = groupLines(stray.lines)
  const texts = groups.map(group => group.lines.map(line => line.text).join(' '))
  const blocks = groups.map((group, index) => {
    const spans = group.row?.spans ?? spansOf(source, group.lines)
    const [text = '', before = null, after = null] = [texts[index], texts[index - 1], texts[index + 1]]
    const depth = typeDepth(group.lines, headings)
    const isTitle = depth !== null || (!group.isField && isHeading(text, group.lines.length, before, after))
    const kind = group.row ? 'table-row' : isTitle ? 'heading' : group.label ? 'list-item' : 'text'
    const references = referencesIn(noted.references, spans)
    return block(kind, spans, { depth, references, heads: group.row?.heads ?? [] })
  })
  for (const note of noted.footnotes)
    blocks.push(block('footnote', spansOf(source, note.lines), { label: note.mark }))
  const strokes = groups.flatMap(({ row }) =>
    (row?.marks ?? []).map((span): Furniture => ({ name: 'markup', spans: [span] })),
  )
  return {
    blocks: blocks.sort((a, b) => (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0)),
    furniture: [...paged.furniture, ...trimmed.furniture, ...stray.furniture, ...strokes],
    pageStarts: paged.pageStarts,
    warnings: [
      ...emptyPages(source, starts ?? []).map(page => `page ${page} holds no text`),
      ...noted.unreferenced.map(mark => `no place in the text refers to footnote ${mark}`),
    ],
  }
}

/** 1-based numbers of the pages without text, such as scans without recognised text. */
function emptyPages(source: string, starts: readonly number[]): number[] {
  return starts.flatMap((start, index) =>
    /\S/.test(source.slice(start, starts[index + 1])) ? [] : [index + 1],
  )
}

/**
 * Labels and punctuation that stand alone, away from their item, as optical recognition leaves them. A label directly
 * above its item stays with it; any other is taken out, because the item it belongs to cannot be known.
 */
function takeStrayMarks(lines: readonly Line[]): { lines: Line[]; furniture: Furniture[] } {
  const kept: Line[] = []
  const furniture: Furniture[] = []
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1]
    const isMark = wordCharacters(line.text) === 0
    const isLabel = isBareLabel(line.text)
    const isAttached =
      !isMark && next && !next.blankBefore && next.page === line.page && !isBareLabel(next.text)
    if (!isMark && (!isLabel || isAttached)) kept.push(line)
    else furniture.push({ name: isLabel ? 'stray label' : 'stray mark', spans: [[line.start, line.end]] })
  }
  return { lines: kept, furniture }
}

function layoutOf(lines: readonly Line[]): Layout {
  const spaced = new Set<number>()
  let blanksOfAll = 0
  for (const page of byPage(lines)) {
    let blanks = 0
    let inside = 0
    for (const [index, line] of page.entries()) {
      const before = page[index - 1]
      if (!before || !line.blankBefore) continue
      blanks++
      if (!endsClause(before.text) && startsLowerCase(line.text) && !readLabel(line.text)) inside++
    }
    blanksOfAll += blanks
    const number = page[0]?.page
    if (inside >= 2 && inside >= blanks * SPACED && number !== undefined) spaced.add(number)
  }
  return {
    spaced,
    isDense: lines.length > DENSE && blanksOfAll * DENSE < lines.length,
    width: columnWidth(lines),
  }
}

function groupLines(lines: readonly Line[]): Group[] {
  const layout = layoutOf(lines)
  const groups: Group[] = []
  const counted = new Map<string, number>()
  const rows = findRows(lines)
  for (const [index, line] of lines.entries()) {
    const open = groups.at(-1)
    const row = rows.get(line)
    if (row) {
      groups.push({ lines: [line], label: null, row, isField: false })
      continue
    }
    const [before, next] = [lines[index - 1], lines[index + 1]]
    const isBelowTitle =
      before !== undefined && open?.lines.length === 1 && isTitleLine(before, line, next, layout)
    const label =
      labelOf(line, before, counted) ??
      (open ? bulletOf(line, open, layout) : null) ??
      (isBelowTitle ? readLabel(line.text) : null)
    if (label?.ordinal) counted.set(label.style, label.ordinal)
    const isField = statesFact(line, open, next)
    const isOnward =
      open &&
      !label &&
      !open.row &&
      !isField &&
      !(before && open.isField && isShortLine(before, line, layout)) &&
      !isBelowTitle &&
      continues(open, line, layout)
    if (isOnward) open.lines.push(line)
    else groups.push({ lines: [line], label, row: null, isField })
  }
  return groups
}

/** Type of a heading is no sign in a longer piece, such as an introduction set large. */
const LONGEST_LARGE = 300

/** Depth of a piece whose lines are all set as headings; `null` where they are not. */
function typeDepth(lines: readonly Line[], headings: ReadonlyMap<number, number> | null): number | null {
  const [first] = lines
  const depth = (first && headings?.get(first.start)) ?? null
  const length = lines.reduce((sum, { text }) => sum + text.length, 0)
  const isWhole = depth !== null && lines.every(({ start }) => headings?.get(start) === depth)
  return isWhole && length <= LONGEST_LARGE && lines.some(({ text }) => /\p{L}/u.test(text)) ? depth : null
}

/** Facts that the head of a document states, by the names they usually have. */
const STATED_FIELD =
  /^(?:van|aan|cc|datum|plaats|betreft|onderwerp|kenmerk|(?:ons|uw) kenmerk|locatie|aanwezig(?:en)?|afwezig(?:en)?|notulist|versie|status|auteurs?|steller|opsteller|afzender|portefeuillehouder|documentnummer|dossiernummer|zaaknummer|contactpersoon|bijlagen?)\s*:\s*\S/i
/** A name with what it is, on a line of its own. */
const NAMED_FIELD = /^\p{Lu}[\p{L}-]*(?: [\p{L}-]+){0,3}\s?:\s+\S/u

/** Whether a line states one fact: by its usual name, or beside others of the same form. */
function statesFact(line: Line, open: Group | undefined, next: Line | undefined): boolean {
  if (STATED_FIELD.test(line.text)) return true
  if (!NAMED_FIELD.test(line.text)) return false
  const isBelow = open?.isField === true && !line.blankBefore
  return isBelow || (next !== undefined && !next.blankBefore && NAMED_FIELD.test(next.text))
}

/** Whether a line ended although the first word of the next one would have fitted by far. */
function isShortLine(line: Line, next: Line, layout: Layout): boolean {
  const [word = ''] = next.text.split(' ')
  return !startsLowerCase(next.text) && textWidth(`${line.text} ${word}`) / layout.width < VERY_SHORT_LINE
}

/** Words of a heading that stands directly above its text. */
const TITLE_WORDS = 6
/** Share of the column below which a line is much too short to have been filled. */
const TITLE_WIDTH = 0.5

/** Share of the column from which a line is filled. */
const FULL_WIDTH = 0.7

/** Whether a line is a heading directly above its text: alone after a blank line, short, and a sentence follows. */
function isTitleLine(line: Line, next: Line, after: Line | undefined, layout: Layout): boolean {
  if (!line.blankBefore || next.blankBefore || next.page !== line.page) return false
  const label = readLabel(line.text)
  const title = label && /^\d/.test(label.text) ? line.text.slice(label.length) : line.text
  if (endsClause(title) || !/^\p{Lu}/u.test(title) || readLabel(title)) return false
  if (title.split(' ').length > TITLE_WORDS || textWidth(title) > layout.width * TITLE_WIDTH) return false
  // What follows is the first item of a list, or text that fills its line, goes on or ends a sentence.
  if (readLabel(next.text)?.ordinal === 1) return true
  const isText =
    endsSentence(next.text) ||
    textWidth(next.text) > layout.width * FULL_WIDTH ||
    (after !== undefined && !after.blankBefore && startsLowerCase(after.text))
  return /^\p{Lu}/u.test(next.text) && next.text.length > title.length * 2 && isText
}

/**
 * The label that begins a new piece on this line. Inside a paragraph a line may begin with what only looks like a label;
 * there it must follow the end of a clause and be the first of a list or the next of its style.
 */
function labelOf(line: Line, before: Line | undefined, counted: ReadonlyMap<string, number>): Label | null {
  const label = readLabel(line.text)
  if (!label || !before) return label
  const isApart = line.blankBefore || line.page !== before.page
  const isAfterClause = endsClause(before.text)
  if (label.ordinal === null) {
    return isApart || isAfterClause || !'-–*+o'.includes(label.style) ? label : null
  }
  if (isApart && isHeadingLine(before)) return label
  if (!isAfterClause && !/(?:^|[\s/])(?:en|of)$/.test(before.text)) return null
  const readings = [label, ...(label.roman ? [label.roman] : [])]
  const isNext = readings.some(each => (counted.get(each.style) ?? 0) + 1 === each.ordinal)
  return isApart || isNext || label.ordinal === 1 ? label : null
}

/**
 * The bullet of a line below an item with the same one, where the blank line or the end of a clause is missing: the item before it
 * takes one line, or its further lines are indented.
 */
function bulletOf(line: Line, open: Group, layout: Layout): Label | null {
  const label = readLabel(line.text)
  const [first] = open.lines
  const before = open.lines.at(-1)
  if (!label || label.ordinal !== null || label.style !== open.label?.style || !first || !before) return null
  const isHanging = line.indent === first.indent && before.indent > line.indent
  return open.lines.length === 1 || isHanging || isShortLine(before, line, layout) ? label : null
}

function isHeadingLine(line: Line): boolean {
  return line.text.length < 100 && !endsClause(line.text)
}

/** Whether a line carries on the piece before it. */
function continues(open: Group, line: Line, layout: Layout): boolean {
  const before = open.lines.at(-1)
  if (!before) return false
  const text = before.text
  const isPageBreak = before.page !== line.page
  const [word = ''] = line.text.split(' ')
  const room = textWidth(`${text} ${word}`) / layout.width
  const isHeadingEnd = isCapitals(text) && open.lines.every(each => isCapitals(each.text))
  if (!line.blankBefore && !isPageBreak) {
    if (isHeadingEnd && !isCapitals(line.text)) return false
    return !(layout.isDense && room < VERY_SHORT_LINE && endsSentence(text) && !startsLowerCase(line.text))
  }
  if (/\p{L}[-‐]$/u.test(text)) return true
  if (isHeadingEnd) return false
  const isSpaced = layout.spaced.has(before.page) && layout.spaced.has(line.page)
  const isLower = startsLowerCase(line.text)
  const isShort = room <= SHORT_LINE
  // Where blank lines are spacing, the last line of a paragraph stands between two of them.
  const isAlone = before.blankBefore
  if (/[:;]\P{L}*$/u.test(text)) return false
  if (endsSentence(text)) return isSpaced && !isPageBreak && !isShort && !isAlone
  if (!isSpaced && !isPageBreak) return isLower && !endsClause(text)
  if (text.endsWith('.')) return true
  // A sentence that began with a capital goes on after a comma; the parts of an enumeration end with one.
  if (endsClause(text))
    return isLower && !isShort && (!isAlone || !startsLowerCase(open.lines[0]?.text ?? ''))
  return isLower || !(isShort && isAlone)
}

function spansOf(source: string, lines: readonly Line[]): Span[] {
  const spans: [number, number][] = []
  for (const [index, line] of lines.entries()) {
    const last = spans.at(-1)
    const isOnward =
      last && lines[index - 1]?.page === line.page && !/\S/.test(source.slice(last[1], line.start))
    if (isOnward) last[1] = line.end
    else spans.push([line.start, line.end])
  }
  return spans
}
