/** From the lines of a text without structure to blocks: which lines belong together, and what each piece is. */
import type { Furniture, Span } from '../corpus.js'
import { type Block, block } from '../formats/format.js'
import { referencesIn, takeFootnotes } from './footnotes.js'
import { isHeading } from './headings.js'
import { isBareLabel, type Label, readLabel } from './labels.js'
import { byPage, type Line, splitLines } from './lines.js'
import { columnWidth, cutMargins } from './margins.js'
import { readPages } from './pages.js'
import {
  appendSpan,
  endsClause,
  endsSentence,
  isCapitals,
  startsLowerCase,
  wordCharacters,
} from './text-shape.js'

/** A text in pieces. */
export interface Segmented {
  readonly blocks: readonly Block[]
  readonly furniture: readonly Furniture[]
  readonly pages: number | null
  readonly warnings: readonly string[]
}

/** Lines that belong together, with the shape their page gives them. */
interface Group {
  readonly lines: Line[]
  readonly label: Label | null
}

/**
 * Below this share of the column's width a line ended although the next word would have fitted: the paragraph ends
 * there. The margin of a sixth allows for proportional type, where characters are no measure of width.
 */
const SHORT_LINE = 5 / 6
/** Share of blank lines inside sentences from which the blank lines of a page are spacing and end nothing. */
const UNRELIABLE_BLANKS = 0.25

/**
 * Finds the pieces of a text in its lines.
 *
 * @param pageStarts offsets of the page starts where the format knows them
 */
export function segment(source: string, pageStarts: readonly number[] | null): Segmented {
  const paged = readPages(splitLines(source), pageStarts)
  const trimmed = cutMargins(paged.lines)
  const noted = takeFootnotes(trimmed.lines)
  const stray = takeStrayMarks(noted.lines)
  const isPaged = paged.pages !== null
  const width = columnWidth(stray.lines)
  const groups = groupLines(stray.lines, width)
  const blocks = groups.map((group, index) =>
    toBlock(source, group, groups[index + 1], isPaged, noted.references),
  )
  for (const note of noted.footnotes) {
    const spans: Span[] = []
    for (const line of note.lines) appendSpan(spans, source, [line.start, line.end])
    blocks.push(block('footnote', spans, { label: note.mark, page: (note.lines[0]?.page ?? 0) + 1 }))
  }
  blocks.sort((a, b) => (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0))
  return {
    blocks,
    furniture: [...paged.furniture, ...trimmed.furniture, ...stray.furniture],
    pages: paged.pages,
    warnings: noted.unreferenced.map(mark => `no place in the text refers to footnote ${mark}`),
  }
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
    const isAttached =
      !isMark && next && !next.blankBefore && next.page === line.page && !isBareLabel(next.text)
    if (!isMark && (!isBareLabel(line.text) || isAttached)) kept.push(line)
    else
      furniture.push({
        name: isBareLabel(line.text) ? 'stray label' : 'stray mark',
        spans: [[line.start, line.end]],
      })
  }
  return { lines: kept, furniture }
}

/** Pages whose blank lines are spacing: many stand inside sentences. */
function pagesWithSpacing(lines: readonly Line[]): Set<number> {
  const spaced = new Set<number>()
  for (const page of byPage(lines)) {
    let blanks = 0
    let inside = 0
    for (const [index, line] of page.entries()) {
      const before = page[index - 1]
      if (!before || !line.blankBefore) continue
      blanks++
      if (!endsClause(before.text) && startsLowerCase(line.text) && !readLabel(line.text)) inside++
    }
    const number = page[0]?.page
    if (inside >= 2 && inside >= blanks * UNRELIABLE_BLANKS && number !== undefined) spaced.add(number)
  }
  return spaced
}

function groupLines(lines: readonly Line[], width: number): Group[] {
  const spaced = pagesWithSpacing(lines)
  const groups: Group[] = []
  for (const [index, line] of lines.entries()) {
    const open = groups.at(-1)
    const label = labelOf(line, lines[index - 1], open)
    if (open && !label && continues(open, line, lines[index + 1], width, spaced)) open.lines.push(line)
    else groups.push({ lines: [line], label })
  }
  return groups
}

/** The label that begins a new piece on this line; inside a paragraph a line may begin with what only looks like one. */
function labelOf(line: Line, before: Line | undefined, open: Group | undefined): Label | null {
  const label = readLabel(line.text)
  if (!label || !before) return label
  const isApart = line.blankBefore || line.page !== before.page
  if (isApart && (endsClause(before.text) || label.ordinal === null || isHeadingLine(before))) return label
  if (label.ordinal === null) return '-–*+o'.includes(label.style) && !endsClause(before.text) ? null : label
  if (!endsClause(before.text) && !/\b(?:en|of|en\/of)$/.test(before.text)) return null
  const last = open?.label
  if (last && last.style === label.style && last.ordinal !== null)
    return label.ordinal === last.ordinal + 1 ? label : null
  return label.ordinal === 1 || isApart ? label : null
}

function isHeadingLine(line: Line): boolean {
  return line.text.length < 100 && !endsClause(line.text)
}

/** Whether a line carries on the piece before it. */
function continues(
  open: Group,
  line: Line,
  next: Line | undefined,
  width: number,
  spaced: ReadonlySet<number>,
): boolean {
  const before = open.lines.at(-1)
  if (!before) return false
  const isPageBreak = before.page !== line.page
  const isApart = line.blankBefore || isPageBreak
  const text = before.text
  if (!isApart)
    return isCapitals(text) === isCapitals(line.text) || !isCapitals(text) || !isWholeHeading(open)
  const isLower = startsLowerCase(line.text)
  const isShort = text.length + 1 + (line.text.split(' ')[0]?.length ?? 0) <= width * SHORT_LINE
  const isAlone = before.blankBefore && open.lines.length >= 1
  const isSpaced = spaced.has(before.page) && spaced.has(line.page)
  if (/\p{L}[-‐]$/u.test(text)) return true
  if (endsSentence(text) || /[:;]$/.test(text))
    return isSpaced && !isPageBreak && !isShort && !isAlone && !/[:;]$/.test(text)
  if (/,$/.test(text)) {
    if (!isSpaced && !isPageBreak) return false
    return isLower && !isShort && (!isAlone || !startsLowerCase(open.lines[0]?.text ?? ''))
  }
  if (isCapitals(text) && isCapitals(line.text)) return false
  // No punctuation: the sentence goes on, unless this was a heading or a name on a line of its own.
  if (isLower) return true
  if (!isSpaced && !isPageBreak) return false
  return !(isShort && isAlone) && next !== line
}

function isWholeHeading(group: Group): boolean {
  return group.lines.every(line => isCapitals(line.text))
}

function toBlock(
  source: string,
  group: Group,
  next: Group | undefined,
  isPaged: boolean,
  references: Parameters<typeof referencesIn>[0],
): Block {
  const spans: Span[] = []
  for (const line of group.lines) appendSpan(spans, source, [line.start, line.end])
  const text = group.lines.map(line => line.text).join(' ')
  const following = next?.lines.map(line => line.text).join(' ') ?? null
  const kind = isHeading(text, group.lines.length, following) ? 'heading' : group.label ? 'list-item' : 'text'
  return block(kind, spans, {
    page: isPaged ? (group.lines[0]?.page ?? 0) + 1 : null,
    references: referencesIn(references, spans),
  })
}
