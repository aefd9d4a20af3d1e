/** The lines of a source text, with the white space around them that says something. */

/** One line that is not blank. `start` and `end` leave out the white space at both ends. */
export interface Line {
  start: number
  end: number
  text: string
  /** White-space characters before the first other character. */
  readonly indent: number
  /** Whether at least one blank line lies between this and the line before, or this is the first line. */
  readonly blankBefore: boolean
  /** Whether the rule that layout programs draw above footnotes lies directly before: a line of only spaces. */
  readonly ruleBefore: boolean
  /** 0-based number of the page; 0 for all where pages are not known. */
  page: number
}

/** Width in characters from which a line of only spaces is a drawn rule; the seeds have 49 and more. */
const RULE_WIDTH = 20

/** Splits into lines. Every character that is not white space is inside exactly one line. */
export function splitLines(source: string): Line[] {
  const lines: Line[] = []
  let blank = true
  let rule = false
  let from = 0
  while (from < source.length) {
    let to = from
    while (to < source.length && source[to] !== '\n' && source[to] !== '\f' && source[to] !== '\r') to++
    const raw = source.slice(from, to)
    const text = raw.trim()
    if (text) {
      const indent = raw.length - raw.trimStart().length
      lines.push({
        start: from + indent,
        end: from + indent + text.length,
        text,
        indent,
        blankBefore: blank,
        ruleBefore: rule,
        page: 0,
      })
      blank = rule = false
    } else {
      blank = true
      if (raw.length >= RULE_WIDTH) rule = true
    }
    if (source[to] === '\f') blank = true
    if (source[to] === '\r' && source[to + 1] === '\n') to++
    from = to + 1
  }
  return lines
}

/** Offsets of the pages that form feeds divide, empty ones included; `null` without form feeds. */
export function pagesByFormFeed(source: string): number[] | null {
  const text = source.trimEnd()
  const starts = [0]
  for (let at = text.indexOf('\f'); at >= 0; at = text.indexOf('\f', at + 1)) starts.push(at + 1)
  return starts.length > 1 ? starts : null
}

/** The lines of each page, in reading order. */
export function byPage(lines: readonly Line[]): Line[][] {
  const pages: Line[][] = []
  let page = -1
  for (const line of lines) {
    if (line.page !== page || pages.length === 0) pages.push([])
    page = line.page
    pages.at(-1)?.push(line)
  }
  return pages
}

/** Widths of letters in a common text face, in em; other letters are about half an em wide. */
const NARROW = /[ijltfrI.,;:'’‘!|()[\]/ -]/g
const WIDE = /[mwMWA-HK-Z@%&€]/g

/** Estimated width of a line in em, for comparing lines of one text: characters alone say little of proportional type. */
export function textWidth(text: string): number {
  const narrow = text.match(NARROW)?.length ?? 0
  const wide = text.match(WIDE)?.length ?? 0
  return text.length * 0.48 - narrow * 0.19 + wide * 0.22
}

/** Width of the text column in em: nearly all lines are at most this wide. */
export function columnWidth(lines: readonly Line[]): number {
  const widths = lines.map(line => textWidth(line.text)).sort((a, b) => a - b)
  return widths[Math.floor(widths.length * 0.97)] ?? 0
}
