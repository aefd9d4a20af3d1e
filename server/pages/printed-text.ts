/** A paragraph's text as HTML: the cited range marked, Markdown marks hidden, footnote numbers linked. */
import type { Paragraph, Span } from '../../ingest/corpus.js'
import { findIdentifiers } from '../../ingest/identifiers.js'
import { collapseSpans } from '../../ingest/spans.js'
import { pageTexts } from '../texts.js'
import { escapeHtml, Html } from './html.js'

/** A link that stands on a range of the text. */
interface LinkedRange {
  readonly start: number
  readonly end: number
  readonly href: string
  readonly title: string
  /** A raised number of a footnote, or the number of another document. */
  readonly kind: 'note' | 'official'
}

/** How a text is shown. */
export interface PrintedTextOptions {
  /** Source text of the document; needed where something is marked. */
  readonly source: string
  /** Cited range of the source; `null`: nothing is marked. */
  readonly cited: Span | null
  /** Whether this is the first marked text of the page: it becomes the target `#citaat`. */
  readonly isFirstCited: boolean
  /** Footnotes of the paragraph: their label as printed, their address and the title of the link. */
  readonly footnotes: readonly {
    readonly label: string | null
    readonly href: string
    readonly title: string
  }[]
}

/** The marked range within the paragraph's text; `null`: none of it is cited. */
export function citedRange(paragraph: Paragraph, source: string, cited: Span | null): Span | null {
  if (!cited) return null
  const touches = paragraph.spans.some(([start, end]) => start < cited[1] && cited[0] < end)
  if (!touches) return null
  const { text, offsets } = collapseSpans(source, paragraph.spans)
  let start = -1
  let end = -1
  for (const [at, offset] of offsets.entries()) {
    if (offset < cited[0] || offset >= cited[1] || text[at] === ' ') continue
    if (start === -1) start = at
    end = at + 1
  }
  return start === -1 ? null : [start, end]
}

/** Where the number of a footnote stands in a text: glued to a word or a mark, exactly once. */
function footnoteReference(text: string, label: string | null): Span | null {
  const number = /\d+/.exec(label ?? '')?.[0]
  if (number === undefined) return null
  // After a letter, a closing mark, or a year: "werken1", "einde.”2", "mei 20117".
  const before = '\\p{L}[.,;:]?|[)”"’\'][.,;:]?|(?<!\\d)(?:1[89]|20)\\d{2}'
  const reference = new RegExp(`(?<=${before})${number}(?!\\d|[.,]\\d)`, 'gu')
  const matches = [...text.matchAll(reference)]
  const [match] = matches
  return match && matches.length === 1 ? [match.index, match.index + number.length] : null
}

/** Ranges of `**` that begin and end bold text, in pairs; a single one is left as printed. */
function boldMarks(text: string): readonly Span[] {
  const marks = [...text.matchAll(/\*\*/g)].map(({ index }): Span => [index, index + 2])
  return marks.slice(0, marks.length - (marks.length % 2))
}

/** Heading marks and hard line breaks of Markdown at the start of a text. */
function leadingMark(text: string): Span | null {
  const mark = /^#{1,6}\s+/.exec(text)?.[0]
  return mark === undefined ? null : [0, mark.length]
}

/** Numbers of other documents, linked to where their publisher keeps them. */
function officialLinks(text: string): LinkedRange[] {
  return findIdentifiers(text).flatMap(({ start, end, url }) =>
    url === null
      ? []
      : [{ start, end, href: url, title: pageTexts.officialSource, kind: 'official' as const }],
  )
}

/** The text as HTML; its text content is the text, letter by letter. */
export function printedText(paragraph: Paragraph, options: PrintedTextOptions): Html {
  const { text } = paragraph
  const marked = citedRange(paragraph, options.source, options.cited)
  const bold = boldMarks(text)
  const heading = leadingMark(text)
  const hidden = heading ? [heading, ...bold] : bold
  const links: LinkedRange[] = options.footnotes.flatMap(({ label, href, title }) => {
    const range = footnoteReference(text, label)
    return range ? [{ start: range[0], end: range[1], href, title, kind: 'note' }] : []
  })
  links.push(
    ...officialLinks(text).filter(
      ({ start, end }) => !links.some(note => note.start < end && start < note.end),
    ),
  )
  const cuts = new Set<number>([0, text.length])
  for (const [start, end] of [...hidden, ...(marked ? [marked] : [])]) cuts.add(start).add(end)
  for (const { start, end } of links) cuts.add(start).add(end)
  const points = [...cuts].sort((left, right) => left - right)
  let result = ''
  let isMarked = false
  for (const [at, start] of points.entries()) {
    const end = points[at + 1]
    const inMark = marked !== null && start >= marked[0] && start < marked[1]
    if (inMark !== isMarked) {
      result += inMark ? `<mark${options.isFirstCited ? ' id="citaat"' : ''}>` : '</mark>'
      isMarked = inMark
    }
    if (end === undefined) break
    result += run(text, start, end, hidden, bold, links)
  }
  return new Html(isMarked ? `${result}</mark>` : result)
}

function run(
  text: string,
  start: number,
  end: number,
  hidden: readonly Span[],
  bold: readonly Span[],
  links: readonly LinkedRange[],
): string {
  const shown = escapeHtml(text.slice(start, end))
  if (hidden.some(([from, to]) => start >= from && end <= to))
    return `<span class="sign" hidden>${shown}</span>`
  const link = links.find(range => start >= range.start && end <= range.end)
  if (link?.kind === 'official') {
    return `<a class="official" href="${escapeHtml(link.href)}" title="${escapeHtml(link.title)}" rel="noopener noreferrer">${shown}</a>`
  }
  if (link) {
    return `<sup><a class="note" href="${escapeHtml(link.href)}" title="${escapeHtml(link.title)}">${shown}</a></sup>`
  }
  const isBold = bold.filter(([from]) => from < start).length % 2 === 1
  return isBold ? `<strong>${shown}</strong>` : shown
}
