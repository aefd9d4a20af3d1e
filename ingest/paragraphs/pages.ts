/** Where pages begin, and the running headers, footers and page numbers at their edges. */
import type { Furniture } from '../corpus.js'
import { byPage, type Line } from './lines.js'

/** The lines of the text itself, each with its page, and what was taken out. */
export interface PagedLines {
  readonly lines: Line[]
  readonly furniture: readonly Furniture[]
  /** Offset of the first character of each page; `null` where no page break is recognisable. */
  readonly pageStarts: readonly number[] | null
}

/**
 * Footer of the European Commission: the language, the page, the language. Its position at the end of a page is part of
 * the house style, so a page ends after it.
 */
const COMMISSION_FOOTER = /^([A-Z]{2})\s+\d{1,4}\s+\1$/
/** Footer of the Council of the European Union: document number, initials of the translators, page. */
const COUNCIL_FOOTER =
  /^\d{4,5}(?:\/\d{1,2})?\/\d{2}(?:\s+(?:REV|ADD|COR|EXT)\s*\d+)*\s+[a-z]{2,4}(?:\/[A-Za-z]{2,4})*\s+\d{1,4}$/
/** Its second line: the annex, the department, the distribution and the language, all in capitals. */
const COUNCIL_FOOTER_END =
  /^(?:(?:BIJLAGE|ANNEX)\s+)?[A-Z]{2,5}(?:[ .]?[A-Z0-9]{1,3}){0,4}\s+(?:(?:LIMITE|PUBLIC)\s+)?[A-Z]{2}$/
const NUMBERED_PAGE = /^(?:pagina|page|blz\.?|p\.)\s*\d{1,4}(?:\s*(?:van|of|\/)\s*\d{1,4})?$/i
const BARE_NUMBER = /^(?:[-–]\s*)?(\d{1,4})(?:\s*[-–])?$/
/** Lines at the top and at the bottom of a page among which repeats are looked for. */
const EDGE_LINES = 3
/** A longer line is text, not a running header. */
const HEADER_LENGTH = 120

/**
 * Numbers the pages and takes the running text out.
 *
 * @param starts offsets of the page starts where the format knows them
 */
export function readPages(lines: readonly Line[], starts: readonly number[] | null): PagedLines {
  const opens = starts ? openedAt(lines, starts) : openedByLayout(lines)
  const names = new Map<Line, Furniture['name']>()
  const closes = new Set<Line>()
  nameFooters(lines, opens, names, closes)
  namePageNumbers(lines, names, closes, opens)
  numberPages(lines, opens, starts ? new Set() : closes, names)
  if (opens.size > 1) nameRepeats(lines, names)
  const body = lines.filter(line => !names.has(line))
  return {
    lines: body,
    furniture: [...names].map(([line, name]) => ({ name, spans: [[line.start, line.end]] })),
    pageStarts: starts ?? foundStarts(lines),
  }
}

function foundStarts(lines: readonly Line[]): number[] | null {
  const starts = lines.filter((line, index) => line.page !== lines[index - 1]?.page).map(line => line.start)
  return starts.length > 1 ? starts : null
}

function openedAt(lines: readonly Line[], starts: readonly number[]): Set<Line> {
  const opens = new Set<Line>()
  let next = 0
  for (const line of lines) {
    if (next < starts.length && line.start >= (starts[next] ?? 0)) {
      opens.add(line)
      while (next < starts.length && line.start >= (starts[next] ?? 0)) next++
    }
  }
  return opens
}

/**
 * Pages as text extraction leaves them: one leading space on the first line of each page where nearly all other lines
 * begin at the margin.
 */
function openedByLayout(lines: readonly Line[]): Set<Line> {
  const first = lines[0]
  if (!first) return new Set()
  const indented = lines.filter(line => line.indent > 0)
  const spaced = indented.filter(line => line.indent === 1)
  const others = indented.length - spaced.length
  const isSigned = first.indent === 1 && others * 4 <= spaced.length && spaced.length * 5 <= lines.length
  return new Set(isSigned ? spaced : [first])
}

function nameFooters(
  lines: readonly Line[],
  opens: ReadonlySet<Line>,
  names: Map<Line, string>,
  closes: Set<Line>,
): void {
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1]
    if (COMMISSION_FOOTER.test(line.text)) {
      names.set(line, 'running footer')
      if (!opens.has(line)) closes.add(line)
    } else if (COUNCIL_FOOTER.test(line.text)) {
      names.set(line, 'running footer')
      const last = next && !next.blankBefore && COUNCIL_FOOTER_END.test(next.text) ? next : line
      names.set(last, 'running footer')
      if (!opens.has(line)) closes.add(last)
    }
  }
}

/** Page numbers on lines of their own: "Pagina 3 van 12" always, a bare number where the numbers count up. */
function namePageNumbers(
  lines: readonly Line[],
  names: Map<Line, string>,
  closes: Set<Line>,
  opens: ReadonlySet<Line>,
): void {
  const bare: Line[] = []
  for (const [index, line] of lines.entries()) {
    if (names.has(line)) continue
    const next = lines[index + 1]
    const isApart = line.blankBefore && (!next || next.blankBefore || opens.has(next))
    if (!isApart && !opens.has(line)) continue
    if (NUMBERED_PAGE.test(line.text)) {
      names.set(line, 'page number')
      if (!opens.has(line)) closes.add(line)
    } else if (BARE_NUMBER.test(line.text)) bare.push(line)
  }
  const value = (line: Line): number => Number(BARE_NUMBER.exec(line.text)?.[1])
  for (let i = 0; i < bare.length; ) {
    let j = i + 1
    for (; j < bare.length; j++) {
      const [before, after] = [bare[j - 1], bare[j]]
      if (!before || !after || value(after) !== value(before) + 1) break
    }
    if (j - i >= 3) {
      for (const line of bare.slice(i, j)) {
        names.set(line, 'page number')
        if (!opens.has(line)) closes.add(line)
      }
    }
    i = j
  }
}

/** A page begins at a line that opens one, and after a footer; a footer before an opening line is one break, not two. */
function numberPages(
  lines: readonly Line[],
  opens: ReadonlySet<Line>,
  closes: ReadonlySet<Line>,
  names: ReadonlyMap<Line, string>,
): void {
  let page = -1
  let isClosed = false
  for (const line of lines) {
    const isFurniture = names.has(line)
    if (opens.has(line) || (isClosed && !isFurniture)) {
      page++
      isClosed = false
    }
    line.page = Math.max(0, page)
    if (closes.has(line)) isClosed = true
  }
}

/**
 * Lines that stand at the same edge of at least three pages and of two in five, digits aside. Below the rule of the
 * footnotes a line that begins with a number is a footnote, however often "1 Idem." returns.
 */
function nameRepeats(lines: readonly Line[], names: Map<Line, string>): void {
  const pages = byPage(lines.filter(line => !names.has(line)))
  for (const edge of ['header', 'footer'] as const) {
    let live = pages.map(page => (edge === 'header' ? page : [...page].reverse()))
    for (let depth = 0; depth < EDGE_LINES && live.length > 0; depth++) {
      const groups = new Map<string, Line[][]>()
      for (const page of live) {
        const line = page[depth]
        if (!line || line.text.length > HEADER_LENGTH || names.has(line) || isNote(line, page, edge)) continue
        const key = line.text.toLowerCase().replace(/\d+/g, '#').replace(/\s+/g, ' ')
        const group = groups.get(key)
        if (group) group.push(page)
        else groups.set(key, [page])
      }
      const isRepeated = (group: readonly Line[][]): boolean =>
        group.length >= 3 && group.length * 5 >= pages.length * 2
      live = [...groups.values()].filter(isRepeated).flat()
      for (const page of live) {
        const line = page[depth]
        if (line) names.set(line, `running ${edge}`)
      }
    }
  }
}

function isNote(line: Line, page: readonly Line[], edge: 'header' | 'footer'): boolean {
  return edge === 'footer' && /^\d{1,3}\s+\S/.test(line.text) && page.some(each => each.ruleBefore)
}
