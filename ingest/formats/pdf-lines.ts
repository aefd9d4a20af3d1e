/** From the pieces of text that a page of a PDF places to its lines in reading order: columns, tables, raised numbers. */

/** A piece of text as a page places it. Units are points from the lower left corner. */
export interface Fragment {
  readonly text: string
  readonly x: number
  /** Height of the base line. */
  readonly y: number
  readonly width: number
  /** Size of the type. */
  readonly size: number
  /** Name of the font, to tell headings from text. */
  readonly font: string
  /** Name of the marked content that it belongs to; `null` for none. */
  readonly content: string | null
}

/** A line of a column, or a row of a table. */
export interface PageLine {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly right: number
  readonly size: number
  readonly font: string
  /** Whether it is a row of a table; its cells are divided by " | ". */
  readonly isRow: boolean
}

/** A run of fragments without a wide gap. */
interface Segment {
  readonly fragments: readonly Fragment[]
  readonly x: number
  readonly right: number
  readonly y: number
  readonly size: number
}

/** A gap of this many ems divides columns and cells; word spaces of justified text stay below it. */
const WIDE_GAP = 1.4
/** Share of a column that its lines fill in running text; cells of a table fill less. */
const FILLED = 0.6
/** Lines on either side from which a gutter is one. */
const FEWEST_LINES = 6
/** Rows that line up from which they are a table. */
const FEWEST_ROWS = 3

/** The lines of a page in reading order: of two columns first the left one, between headings over the whole width. */
export function linesOf(fragments: readonly Fragment[]): PageLine[] {
  const rows = rowsOf(fragments)
  const gutter = findGutter(rows)
  if (gutter === null) return withTables(rows.map(segmentsOf))
  // Lines over the whole width divide the columns into bands. Each column has base lines of its own.
  const across = rows.flatMap(row => {
    const crossing = row.find(
      each => each.x < gutter && each.x + each.width > gutter && each.text.trim() !== '',
    )
    return crossing ? [row.filter(each => isSameLine(crossing.y, crossing.size, each))] : []
  })
  const taken = new Set(across.flat())
  const sides = divide(
    fragments.filter(each => !taken.has(each)),
    gutter,
  ).map(rowsOf)
  const lines: PageLine[] = []
  for (const line of [...across, null]) {
    const from = line?.[0]?.y ?? Number.NEGATIVE_INFINITY
    for (const side of sides) {
      const end = side.findIndex(row => (row[0]?.y ?? 0) < from)
      lines.push(...withTables(side.splice(0, end < 0 ? side.length : end).map(segmentsOf)))
    }
    if (line) lines.push(...withTables([segmentsOf(line)]))
  }
  return lines
}

const isPrinted = (fragments: readonly Fragment[]): boolean =>
  fragments.some(({ text }) => text.trim() !== '')

/** The fragments of a row left and right of a place; those that cross it are in neither. */
function divide(row: readonly Fragment[], at: number): readonly [Fragment[], Fragment[]] {
  const isSpace = ({ text }: Fragment): boolean => text.trim() === ''
  return [
    row.filter(each => each.x + each.width <= at || (isSpace(each) && each.x < at)),
    row.filter(each => each.x >= at),
  ]
}

/**
 * The lines of fragments that belong together, in the order in which the file draws them: a paragraph may go on in the
 * next column, above where it began.
 */
export function linesInOrder(fragments: readonly Fragment[]): string[] {
  const lines: Fragment[][] = []
  for (const each of fragments) {
    if (each.text.trim() === '') {
      lines.at(-1)?.push(each)
      continue
    }
    const before = lines.at(-1)?.findLast(({ text }) => text.trim() !== '')
    if (before && isSameLine(before.y, before.size, each)) lines.at(-1)?.push(each)
    else lines.push([each])
  }
  return lines.map(textOf).filter(text => text !== '')
}

/** The fragments by base line, from the top; raised and lowered ones belong to the line they touch. */
function rowsOf(fragments: readonly Fragment[]): Fragment[][] {
  const rows: { y: number; size: number; fragments: Fragment[] }[] = []
  for (const each of [...fragments].sort((a, b) => b.y - a.y || a.x - b.x)) {
    const row = rows.slice(-3).findLast(({ y, size }) => isSameLine(y, size, each))
    if (!row) rows.push({ y: each.y, size: each.size, fragments: [each] })
    else {
      row.fragments.push(each)
      // The largest type gives the base line: a raised number comes before its line.
      if (each.size > row.size) {
        row.y = each.y
        row.size = each.size
      }
    }
  }
  return rows.sort((a, b) => b.y - a.y).map(row => row.fragments.sort((a, b) => a.x - b.x))
}

function isSameLine(y: number, size: number, each: Fragment): boolean {
  const apart = Math.abs(y - each.y)
  const isRaised = Math.min(size, each.size) < Math.max(size, each.size) * 0.8
  return apart <= Math.max(size, each.size) * (isRaised ? 0.5 : 0.25)
}

function segmentsOf(row: readonly Fragment[]): Segment[] {
  const runs: Fragment[][] = []
  for (const each of row) {
    const before = runs.at(-1)?.findLast(({ text }) => text.trim() !== '')
    const gap = before ? each.x - (before.x + before.width) : 0
    const isSpace = each.text.trim() === ''
    if (before && (isSpace || gap <= WIDE_GAP * Math.max(before.size, each.size))) runs.at(-1)?.push(each)
    else if (!isSpace) runs.push([each])
  }
  return runs.map(fragments => {
    const printed = fragments.filter(({ text }) => text.trim() !== '')
    const main = printed.reduce(
      (a, b) => (b.width * b.size > a.width * a.size ? b : a),
      printed[0] as Fragment,
    )
    return {
      fragments,
      x: Math.min(...printed.map(({ x }) => x)),
      right: Math.max(...printed.map(({ x, width }) => x + width)),
      y: main.y,
      size: main.size,
    }
  })
}

/** Where the white strip between two columns of running text is; `null` where there is none. */
function findGutter(rows: readonly (readonly Fragment[])[]): number | null {
  const printed = rows.flat().filter(({ text }) => text.trim() !== '')
  if (printed.length < FEWEST_LINES * 2) return null
  const from = printed.reduce((least, { x }) => Math.min(least, x), Number.POSITIVE_INFINITY)
  const to = printed.reduce((most, { x, width }) => Math.max(most, x + width), 0)
  const step = Math.max(1, (to - from) / 200)
  let strip: { crossing: number; first: number; last: number } | null = null
  for (let at = from + (to - from) * 0.3; at <= from + (to - from) * 0.7; at += step) {
    const crossing = printed.filter(({ x, width }) => x < at && x + width > at).length
    if (!strip || crossing < strip.crossing) strip = { crossing, first: at, last: at }
    else if (crossing === strip.crossing && at - strip.last < step * 1.5) strip.last = at
  }
  if (!strip || strip.crossing * 4 > printed.length) return null
  const at = (strip.first + strip.last) / 2
  const sides = rows.map(row => divide(row, at))
  return [0, 1].every(side => isFilled(sides.map(each => each[side] ?? []).filter(isPrinted), rows))
    ? at
    : null
}

/** Whether lines fill their column as running text does. The column is as wide as nearly all of its lines. */
function isFilled(lines: readonly (readonly Fragment[])[], rows: readonly (readonly Fragment[])[]): boolean {
  if (lines.length < FEWEST_LINES || lines.length * 4 < rows.length) return false
  const ends = lines.map(line => {
    const printed = line.filter(({ text }) => text.trim() !== '')
    return [
      Math.min(...printed.map(({ x }) => x)),
      Math.max(...printed.map(({ x, width }) => x + width)),
    ] as const
  })
  const width = Math.max(...ends.map(([, end]) => end)) - Math.min(...ends.map(([start]) => start))
  const widths = ends.map(([start, end]) => end - start).sort((a, b) => a - b)
  return (widths[Math.floor(widths.length / 2)] ?? 0) >= width * FILLED
}

/** Lines, with the rows of tables joined: three or more rows of cells below each other that begin at the same places. */
function withTables(rows: readonly (readonly Segment[])[]): PageLine[] {
  const lines: PageLine[] = []
  for (let index = 0; index < rows.length; ) {
    const end = endOfTable(rows, index)
    if (end - index >= FEWEST_ROWS) {
      lines.push(...tableRows(rows.slice(index, end)))
      index = end
    } else {
      const row = rows[index] ?? []
      lines.push(lineOf([row], false))
      index++
    }
  }
  return lines.filter(({ text }) => text !== '')
}

/** Index behind the table that begins here; equal to `from` where none does. */
function endOfTable(rows: readonly (readonly Segment[])[], from: number): number {
  const columns = rows[from] ?? []
  if (columns.length < 2) return from
  let end = from + 1
  let full = 1
  for (let row = rows[end]; row; row = rows[end]) {
    const aligned = row.filter(
      (each, index) =>
        columns.some(({ x }) => Math.abs(x - each.x) <= each.size) ||
        (row.length === columns.length && isBetween(each, columns[index - 1], columns[index + 1])),
    )
    const before = rows[end - 1]?.[0]
    const isNear = before && before.y - (row[0]?.y ?? 0) <= before.size * 3.5
    if (!isNear || aligned.length < row.length) break
    // Lines of one cell carry a row on; many of them in a row are text below the table.
    if (row.length >= 2) full++
    else if ((rows[end - 1]?.length ?? 0) < 2 && (rows[end - 2]?.length ?? 0) < 2) break
    end++
  }
  while (end > from && (rows[end - 1]?.length ?? 0) < 2) end--
  return full >= FEWEST_ROWS ? end : from
}

/** Whether a cell lies between its neighbours of another row: heads are often set in the middle of their column. */
function isBetween(cell: Segment, before: Segment | undefined, after: Segment | undefined): boolean {
  return (!before || cell.x >= before.right) && (!after || cell.right <= after.x)
}

/** The rows of a table; a line without its first cell carries on the cells above it. */
function tableRows(rows: readonly (readonly Segment[])[]): PageLine[] {
  const first = Math.min(...rows.map(row => row[0]?.x ?? Number.POSITIVE_INFINITY))
  const whole: (readonly Segment[])[][] = []
  for (const row of rows) {
    const begins = row[0] && row[0].x - first <= row[0].size
    const open = whole.at(-1)
    if (begins || !open) whole.push([row])
    else open.push(row)
  }
  return whole.map(each => lineOf(each, true))
}

function lineOf(rows: readonly (readonly Segment[])[], isRow: boolean): PageLine {
  const cells: { x: number; size: number; text: string }[] = []
  for (const segment of rows.flat()) {
    const text = textOf(segment.fragments)
    const cell = isRow ? cells.find(({ x, size }) => Math.abs(x - segment.x) <= size) : undefined
    if (cell) cell.text += ` ${text}`
    else cells.push({ x: segment.x, size: segment.size, text })
  }
  const segments = rows.flat()
  const main = segments.reduce((a, b) => (b.right - b.x > a.right - a.x ? b : a), segments[0] as Segment)
  const letters = main.fragments.reduce((a, b) => (b.width > a.width ? b : a))
  return {
    text: cells
      .map(({ text }) => text)
      .filter(text => text !== '')
      .join(isRow ? ' | ' : ' '),
    x: Math.min(...segments.map(({ x }) => x)),
    y: main.y,
    right: Math.max(...segments.map(({ right }) => right)),
    size: main.size,
    font: letters.font,
    isRow,
  }
}

/** The text of fragments beside each other; a space where the gap is one. */
export function textOf(fragments: readonly Fragment[]): string {
  let text = ''
  let before: Fragment | null = null
  for (const each of fragments) {
    if (before && each.text.trim() !== '') {
      const gap = each.x - (before.x + before.width)
      if (gap > 0.15 * Math.min(before.size, each.size) && !/\s$/.test(text)) text += ' '
    }
    text += each.text
    if (each.text.trim() !== '') before = each
  }
  return text.replace(/\s+/g, ' ').trim()
}
