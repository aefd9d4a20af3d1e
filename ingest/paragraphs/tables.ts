/** Tables in plain text: rows whose cells stand below each other, or are divided by upright strokes. */
import type { Span } from '../corpus.js'
import type { Line } from './lines.js'

/** A line that is a row of a table. */
export interface TableRow {
  /** Ranges of the cells in the source text; of a row with strokes one range, without the strokes at its ends. */
  readonly spans: readonly Span[]
  /** Strokes at the ends of a row. */
  readonly marks: readonly Span[]
  /** Heads of the columns, one for each cell; empty where the table has none, and for the heads themselves. */
  readonly heads: readonly string[]
}

/** Rows that line up from which they are a table. */
const FEWEST_ROWS = 3
/** Longest cell of a table without strokes: wider ones are columns of text. */
const LONGEST_CELL = 60
/** Characters by which the cells of a column may begin or end apart. */
const APART = 2

interface Cell {
  readonly text: string
  /** Columns in which it begins and ends, counted from the beginning of the line. */
  readonly from: number
  readonly to: number
}

/** The rows of all tables by their lines. */
export function findRows(lines: readonly Line[]): Map<Line, TableRow> {
  const rows = new Map<Line, TableRow>()
  for (let index = 0; index < lines.length; ) {
    const end = endOfTable(lines, index)
    const table = lines.slice(index, end)
    const isStroked = table.some(({ text }) => hasStrokes(text))
    const cells = table.map(line => (isStroked ? strokedCells(line) : spacedCells(line)))
    const texts = cells.map(row => row.map(({ text }) => text))
    const heads = isHeadOfNumbers(texts) ? (texts[0] ?? []) : []
    for (const [at, line] of table.entries()) {
      const own = cells[at] ?? []
      const { spans, marks } = isStroked
        ? withoutStrokes(line)
        : { spans: own.map(({ from, to }) => spanIn(line, from, to)), marks: [] }
      rows.set(line, { spans, marks, heads: at > 0 && own.length === heads.length ? heads : [] })
    }
    index = Math.max(end, index + 1)
  }
  return rows
}

const hasStrokes = (text: string): boolean => text.includes(' | ')

/** Index behind the table that begins here; equal to `from` where none does. */
function endOfTable(lines: readonly Line[], from: number): number {
  const first = lines[from] as Line
  let end = from
  if (hasStrokes(first.text)) {
    while (end < lines.length && hasStrokes(lines[end]?.text ?? '')) end++
    return end
  }
  for (let before: readonly Cell[] | null = null; end < lines.length; end++) {
    const line = lines[end] as Line
    const cells = spacedCells(line)
    const isNext = end === from || (line.page === first.page && !line.blankBefore)
    if (!isNext || cells.length < 2 || cells.some(({ text }) => text.length > LONGEST_CELL)) break
    if (before && !(line.text.includes('\t') ? cells.length === before.length : linesUp(before, cells))) break
    before = cells
  }
  return end - from >= FEWEST_ROWS ? end : from
}

/** The cells of a line, divided by tabs or more than one space. */
function spacedCells({ text, indent }: Line): Cell[] {
  const cells: Cell[] = []
  for (const match of text.matchAll(/\S+(?: \S+)*/g)) {
    const from = indent + match.index
    cells.push({ text: match[0], from, to: from + match[0].length })
  }
  return cells
}

/** Whether the cells of two lines begin at the same places; numbers may end there. */
function linesUp(before: readonly Cell[], cells: readonly Cell[]): boolean {
  return (
    cells.length === before.length &&
    cells.every((cell, at) => {
      const above = before[at] as Cell
      const isRight = /\d/.test(cell.text) && Math.abs(cell.to - above.to) <= APART
      return isRight || Math.abs(cell.from - above.from) <= APART
    })
  )
}

function spanIn({ start, indent }: Line, from: number, to: number): Span {
  return [start + from - indent, start + to - indent]
}

function strokedCells({ text }: Line): Cell[] {
  return text
    .replace(/^\|\s*|\s*\|$/g, '')
    .split('|')
    .map(cell => ({ text: cell.trim(), from: 0, to: 0 }))
}

/** Characters at the beginning and the end of a row that are strokes and white space; a stroke after a backslash is text. */
export function strokesAround(text: string): { readonly before: number; readonly after: number } {
  const isStroke = (at: number): boolean => /[|\s]/.test(text[at] ?? '')
  let before = 0
  while (before < text.length && isStroke(before)) before++
  let end = text.length
  while (end > before && isStroke(end - 1) && text[end - 2] !== '\\') end--
  return { before, after: text.length - end }
}

function withoutStrokes({ text, start, end }: Line): Pick<TableRow, 'spans' | 'marks'> {
  const { before, after } = strokesAround(text)
  if (before + after >= text.length) return { spans: [[start, end]], marks: [] }
  const marks: Span[] = []
  if (before > 0) marks.push([start, start + text.slice(0, before).trimEnd().length])
  if (after > 0) marks.push([end - text.slice(text.length - after).trimStart().length, end])
  return { spans: [[start + before, end - after]], marks }
}

/** Whether the first row of a table is its head: it is filled and holds no number, while the others do. */
export function isHeadOfNumbers(rows: readonly (readonly string[])[]): boolean {
  const [first = [], ...others] = rows
  const isNumber = (text: string): boolean => /\d/.test(text)
  return first.every(text => text !== '' && !isNumber(text)) && others.some(row => row.some(isNumber))
}
