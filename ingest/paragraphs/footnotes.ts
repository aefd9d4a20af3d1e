/** Footnotes of paged text: the blocks at page ends, their continuation on the next page, and the places that refer to them. */
import type { Span } from '../corpus.js'
import type { FootnoteReference } from '../formats/format.js'
import { byPage, type Line } from './lines.js'
import { endsSentence } from './text-shape.js'

/** A footnote with its lines, perhaps of two pages. */
export interface Footnote {
  readonly mark: string
  readonly lines: readonly Line[]
}

/** The text without its footnotes, the footnotes, and the references in the text, in reading order. */
export interface FootnotedLines {
  readonly lines: Line[]
  readonly footnotes: readonly Footnote[]
  readonly references: readonly FootnoteReference[]
  /** Marks of footnotes to which no reference was found. */
  readonly unreferenced: readonly string[]
}

const START = /^(\d{1,3})(?:\s+(?=\S)|(?=["“«\p{Lu}]))/u
const MONTH = /^(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)\b/
/** A number set directly behind a word or its punctuation, as a raised number comes out of text extraction. */
const GLUED = /([\p{L})\]"”’'»%]|(?<!\d)[.,;:])(\d{1,3})(?![\p{L}\p{N}])/gu
/** The same behind a year: "20112" is 2011 and footnote 2. */
const GLUED_TO_YEAR = /(?<!\d)((?:19|20)\d\d)(\d{1,2})(?!\d)/g

interface Candidate {
  readonly mark: number
  readonly span: Span
  readonly isStrong: boolean
}

/**
 * Takes the footnotes out of paged lines. A block of footnotes begins at the drawn rule, or where lines at the end of a
 * page carry on the numbering, and lasts until the page ends. A line begins a footnote when its number is the next one
 * and the page refers to it, so that "10 juni 2011." within footnote 9 does not become footnote 10.
 */
export function takeFootnotes(lines: readonly Line[]): FootnotedLines {
  const body: Line[] = []
  const footnotes: { mark: string; lines: Line[] }[] = []
  const references: FootnoteReference[] = []
  const unreferenced: string[] = []
  const pages = byPage(lines)
  const isPaged = pages.length > 1
  let last = 0
  for (const page of pages) {
    const open = footnotes.at(-1)
    const found = isPaged ? areaStart(page, last, open !== undefined) : page.length
    const text = page.slice(0, found)
    const candidates = glued(text)
    const marks: number[] = []
    let current = open
    for (const line of page.slice(found)) {
      const mark = startOf(line.text, last, candidates, marks.length === 0)
      if (mark !== null) {
        current = { mark: String(mark), lines: [] }
        footnotes.push(current)
        marks.push(mark)
        last = mark
      }
      current?.lines.push(line)
    }
    body.push(...text)
    let from = -1
    for (const mark of marks) {
      const reference = choose(candidates, mark, from)
      if (reference) {
        references.push({ mark: String(mark), span: reference.span })
        from = reference.span[0]
      } else unreferenced.push(String(mark))
    }
  }
  return {
    lines: body,
    footnotes,
    references: references.sort((a, b) => a.span[0] - b.span[0]),
    unreferenced,
  }
}

function glued(lines: readonly Line[]): Candidate[] {
  const found: Candidate[] = []
  for (const line of lines) {
    for (const [pattern, isStrong] of [
      [GLUED, true],
      [GLUED_TO_YEAR, false],
    ] as const) {
      for (const match of line.text.matchAll(pattern)) {
        const start = line.start + match.index + (match[1]?.length ?? 0)
        found.push({ mark: Number(match[2]), span: [start, start + (match[2]?.length ?? 0)], isStrong })
      }
    }
  }
  return found.sort((a, b) => a.span[0] - b.span[0])
}

/** The first reference after the one before it; behind a word rather than behind a year. */
function choose(candidates: readonly Candidate[], mark: number, from: number): Candidate | undefined {
  const same = candidates.filter(candidate => candidate.mark === mark)
  const after = same.filter(candidate => candidate.span[0] > from)
  return after.find(candidate => candidate.isStrong) ?? after[0] ?? same.find(candidate => candidate.isStrong)
}

/**
 * Number of the footnote that begins on this line; `null` where the line carries on the one before.
 *
 * @param isFirst whether it would be the first of its page, where numbering may begin anew
 */
function startOf(
  text: string,
  last: number,
  candidates: readonly Candidate[],
  isFirst: boolean,
): number | null {
  const match = START.exec(text)
  if (!match) return null
  const mark = Number(match[1])
  const isRestart = isFirst && mark === 1 && last > 0
  if (!isRestart && (mark <= last || mark > last + 3)) return null
  const same = candidates.filter(candidate => candidate.mark === mark)
  const isDate = MONTH.test(text.slice(match[0].length))
  if (isDate || isRestart) return same.some(candidate => candidate.isStrong) ? mark : null
  return same.length > 0 || mark === last + 1 ? mark : null
}

/** Index of the first line of the block of footnotes; the number of lines where the page has none. */
function areaStart(page: readonly Line[], last: number, hasOpen: boolean): number {
  const candidates = glued(page)
  const above = (line: Line): Candidate[] => candidates.filter(candidate => candidate.span[0] < line.start)
  const rule = page.findIndex(
    (line, index) => index > 0 && line.ruleBefore && isArea(page.slice(index), above(line), last, hasOpen),
  )
  if (rule >= 0) return rule
  for (let index = page.length - 1; index > 0; index--) {
    const line = page[index]
    if (!line?.blankBefore || Number(START.exec(line.text)?.[1]) !== last + 1) continue
    const strong = above(line).filter(candidate => candidate.isStrong)
    if (
      strong.some(candidate => candidate.mark === last + 1) &&
      startOf(line.text, last, strong, false) !== null
    )
      return index
  }
  return page.length
}

/** Whether the lines from here on are footnotes: the first begins one, or carries on the last one of an earlier page. */
function isArea(
  rest: readonly Line[],
  candidates: readonly Candidate[],
  last: number,
  hasOpen: boolean,
): boolean {
  const first = rest[0]
  if (!first) return false
  if (startOf(first.text, last, candidates, true) !== null) return true
  return (
    hasOpen &&
    (rest.some(line => startOf(line.text, last, candidates, true) !== null) || !endsSentence(first.text))
  )
}

/** The references that lie inside the given ranges. The references are in reading order. */
export function referencesIn(
  references: readonly FootnoteReference[],
  spans: readonly Span[],
): readonly FootnoteReference[] {
  return spans.flatMap(([start, end]) => {
    let low = 0
    let high = references.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((references[middle]?.span[0] ?? 0) < start) low = middle + 1
      else high = middle
    }
    const inside: FootnoteReference[] = []
    for (
      let reference = references[low];
      reference && reference.span[1] <= end;
      reference = references[++low]
    ) {
      inside.push(reference)
    }
    return inside
  })
}
