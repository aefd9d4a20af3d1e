/** A PDF without structure as text: lines, with blank lines where the page leaves space, for the rules of plain text. */
import type { ExtractedText } from './format.js'
import type { PdfPage } from './pdf.js'
import { linesOf, type PageLine } from './pdf-lines.js'

/** Space between base lines, compared with that inside paragraphs, from which a paragraph ends. */
const PARAGRAPH_SPACE = 1.25
/** Type of footnotes, compared with that of the text. */
const NOTE_TYPE = 0.93
/** Type of headings, compared with that of the text. */
const HEADING_TYPE = 1.08
/** More sizes than a document has ranks of headings are posters or drawings, where size says nothing. */
const MOST_RANKS = 6
/** A line of spaces stands for the rule above footnotes. */
const RULE = ' '.repeat(40)

/** Prints the pages one after another, divided by form feeds. */
export function printPages(pages: readonly PdfPage[]): Omit<ExtractedText, 'properties'> {
  const all = pages.map(({ fragments }) => linesOf(fragments))
  const lines = all.flat()
  const size = commonest(lines.map(line => [line.size, line.text.length] as const))
  const spaces = all.flatMap(page =>
    page.map((line, index) => [spaceAbove(line, page[index - 1]), 1] as const),
  )
  const leading = commonest(spaces) || size * 1.2
  const ranks = headingSizes(lines, size)
  const headings = new Map<number, number>()
  const starts: number[] = []
  const parts: string[] = []
  let length = 0
  const print = (text: string): void => {
    parts.push(text)
    length += text.length
  }
  for (const [number, page] of all.entries()) {
    if (number > 0) print('\n\f')
    starts.push(length)
    const notes = notesStart(page, size)
    for (const [index, line] of page.entries()) {
      const before = page[index - 1]
      if (before) print('\n')
      if (index === notes) print(`${RULE}\n`)
      else if (before && isApart(line, before, leading * Math.max(1, line.size / size))) print('\n')
      const rank = ranks.findIndex(each => line.size >= each)
      if (rank >= 0 && !line.isRow) headings.set(length, rank + 1)
      print(line.text)
    }
  }
  return { source: parts.join(''), blocks: null, pageStarts: starts, headings, furniture: [], warnings: [] }
}

/** Whether a line begins a paragraph by the space above it, its type or its indent. */
function isApart(line: PageLine, before: PageLine, leading: number): boolean {
  if (line.isRow || before.isRow) return true
  const space = spaceAbove(line, before)
  const isOtherSize = Math.abs(line.size - before.size) > Math.min(line.size, before.size) * 0.08
  const isShort = before.right - before.x < (line.right - line.x) * 0.8
  const isTitle = line.font !== before.font && isShort && /[^.;:,]$/.test(before.text)
  const indent = (line.x - before.x) / line.size
  const isIndented = indent > 0.8 && indent < 4 && /[.!?:;]$/.test(before.text)
  return space <= 0 || space > leading * PARAGRAPH_SPACE || isOtherSize || isTitle || isIndented
}

const spaceAbove = (line: PageLine, before: PageLine | undefined): number => (before ? before.y - line.y : 0)

/** The least size of each rank of headings, the largest first: sizes within a twentieth of another are one rank. */
function headingSizes(lines: readonly PageLine[], size: number): number[] {
  const larger = lines.map(line => line.size).filter(each => each > size * HEADING_TYPE)
  const ranks: number[] = []
  for (const each of larger.sort((a, b) => b - a))
    if (each < (ranks.at(-1) ?? Number.POSITIVE_INFINITY)) ranks.push(each * 0.95)
  return ranks.length <= MOST_RANKS ? ranks : []
}

/** Index of the first footnote: from there to the end of the page the type is smaller, and it begins with a number. */
function notesStart(lines: readonly PageLine[], size: number): number {
  let start = lines.length
  while (start > 0 && (lines[start - 1]?.size ?? size) <= size * NOTE_TYPE) start--
  while (start < lines.length && !/^\d{1,3}(?:\s|\p{Lu})/u.test(lines[start]?.text ?? '')) start++
  return start > 0 && start < lines.length ? start : -1
}

/** The value with the most weight, rounded to a tenth; 0 where there is none above 0. */
function commonest(values: readonly (readonly [value: number, weight: number])[]): number {
  const weights = new Map<number, number>()
  for (const [value, weight] of values) {
    const rounded = Math.round(value * 10) / 10
    if (rounded > 0) weights.set(rounded, (weights.get(rounded) ?? 0) + weight)
  }
  let best = 0
  for (const [value, weight] of weights) if (weight > (weights.get(best) ?? 0)) best = value
  return best
}
