/** Markdown: the blocks of CommonMark that policy documents use, read in one pass over the lines. */
import type { Furniture, Span } from '../corpus.js'
import { strokesAround } from '../paragraphs/tables.js'
import { decodeText, looksLikeText } from './decode.js'
import {
  type Block,
  block,
  type ExtractedText,
  type FootnoteReference,
  type FormatReader,
  type Properties,
} from './format.js'

interface SourceLine {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly indent: number
}

const RULE = /^(?:-(?:\s*-){2,}|\*(?:\s*\*){2,}|_(?:\s*_){2,})$/
const HEADING = /^(#{1,6})\s+(?=\S)/
const BULLET = /^([-*+])\s+(?=\S)/
const NUMBER = /^\d{1,9}[.)]\s+(?=\S)/
const FOOTNOTE = /^\[\^([^\]\s]+)\]:\s*/
const REFERENCE = /\[\^([^\]\s]+)\](?!:)/g
const TABLE_RULE = /^\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$/
const FENCE = /^(?:`{3,}|~{3,})/
/** A label that the printed page shows inside an item whose bullet is only a mark of Markdown. */
const INNER_LABEL = /^(?:\*{1,2})?(?:[•▪●◦‣∙·■□–—∞]\s|\(?(?:\d{1,3}|[a-zA-Z]{1,2}|[ivx]{1,5})[.)]\s)/
/** A paragraph in bold from end to end that ends no sentence is a heading to its reader. */
const BOLD = /^(\*{2,3}|__)(?=\S)(.+?)(?<=\S)\1$/
/** Depth of a heading in bold: below all headings with a mark of their own. */
const BOLD_DEPTH = 7

export const markdownReader: FormatReader = {
  format: 'markdown',
  recognises(bytes, fileName) {
    if (!looksLikeText(bytes)) return false
    if (/\.(?:md|markdown)$/i.test(fileName)) return true
    return isMarkdown(decodeText(bytes.subarray(0, 65_536)).text)
  },
  async read(bytes) {
    const { text, warnings } = decodeText(bytes)
    return { ...parseMarkdown(text), warnings }
  },
}

/** Whether a text shows marks that plain text does not have by chance; drawn rules alone are no sign. */
function isMarkdown(text: string): boolean {
  const count = (...patterns: readonly RegExp[]): number =>
    patterns.reduce((sum, pattern) => sum + (text.match(pattern)?.length ?? 0), 0)
  // Strokes alone also divide the cells of plain text; the rule below the heads is a mark of Markdown.
  const rows = /^\|?(?:\s*:?-{2,}:?\s*\|)+[\s:|-]*$/m.test(text) ? [/^\|.*\|$/gm] : []
  const marks = count(/^#{1,6} \S/gm, /\*\*\S[^*\n]*\*\*/g, /\]\(https?:/g, ...rows)
  return marks >= 2 && marks + count(/^(?:---|\*\*\*)$/gm) >= 3
}

function splitSource(source: string): SourceLine[] {
  const lines: SourceLine[] = []
  for (const match of source.matchAll(/[^\n]*(?:\n|$)/g)) {
    if (match[0] === '') break
    const text = match[0].trim()
    const indent = match[0].length - match[0].trimStart().length
    const start = match.index + (text ? indent : 0)
    lines.push({ start, end: start + text.length, text, indent })
  }
  return lines
}

/** Reads Markdown into blocks. Every character is in a block, in the furniture, or white space. */
function parseMarkdown(source: string): Omit<ExtractedText, 'warnings'> {
  const lines = splitSource(source)
  const parser = new MarkdownBlocks(source)
  const front = readFrontMatter(lines, parser)
  for (let index = front.length; index < lines.length; index++) {
    const line = lines[index]
    if (line) parser.read(line, lines[index + 1])
  }
  return {
    source,
    blocks: parser.finish(),
    pageStarts: null,
    headings: null,
    furniture: parser.furniture,
    properties: front.properties,
  }
}

/** Names of the properties that are read, in Dutch and English. */
const PROPERTY = /^(titel|title|datum|date|identificatie|documentnummer|kenmerk):\s*(.+)$/i

/**
 * The properties between two rules at the head of a file. The number of the document is metadata, because it stands
 * nowhere else; the rest, such as statistics, is furniture.
 *
 * @returns the number of lines it takes, 0 where there is none
 */
function readFrontMatter(
  lines: readonly SourceLine[],
  parser: MarkdownBlocks,
): { readonly length: number; readonly properties: Properties } {
  const found: { -readonly [name in keyof Properties]: string | null } = {
    title: null,
    date: null,
    documentNumber: null,
  }
  const closing = lines[0]?.text === '---' ? lines.findIndex((line, at) => at > 0 && line.text === '---') : -1
  const isProperty = ({ text, indent }: SourceLine) =>
    text === '' || indent > 0 || /^(?:[\w-]+:|[-#])/.test(text)
  if (closing < 0 || !lines.slice(1, closing).every(isProperty)) return { length: 0, properties: found }
  let from = lines[0]?.start ?? 0
  for (const line of lines.slice(0, closing)) {
    const field = line.indent === 0 ? PROPERTY.exec(line.text) : null
    const value = field?.[2]?.replace(/^(["'])(.*)\1$/, '$2')
    if (!field?.[1] || !value) continue
    const name = /^t/i.test(field[1]) ? 'title' : /^dat/i.test(field[1]) ? 'date' : 'documentNumber'
    if (name === 'documentNumber' && found.documentNumber === null) {
      parser.mark('front matter', from, line.start + line.text.indexOf(':') + 1)
      parser.addWhole('metadata', line.end - (field[2] ?? '').length, line.end)
      from = line.end
    }
    found[name] ??= value
  }
  const end = lines[closing]?.end ?? from
  parser.mark('front matter', from, end)
  return { length: closing + 1, properties: found }
}

function cellsOf(row: string): string[] {
  return row
    .replace(/^\s*\||\|\s*$/g, '')
    .split('|')
    .map(cell => cell.trim())
}

function isBoldLine(text: string): boolean {
  const match = BOLD.exec(text)
  return match !== null && !match[2]?.includes(match[1] ?? '')
}

/** Collects blocks while the lines go by. */
class MarkdownBlocks {
  readonly furniture: Furniture[] = []
  private readonly blocks: Block[] = []
  private readonly source: string
  private open: {
    kind: Block['kind']
    depth: number | null
    label: string | null
    spans: [number, number][]
  } | null = null
  private isFenced = false
  private isTable = false
  /** Cells of the head of the open table. */
  private heads: readonly string[] = []
  /** Cells of the row at hand. */
  private cells: readonly string[] = []
  private hasHeading = false

  constructor(source: string) {
    this.source = source
  }

  /** Names a range as furniture. */
  mark(name: string, start: number, end: number): void {
    if (end > start && /\S/.test(this.source.slice(start, end)))
      this.furniture.push({ name, spans: [[start, end]] })
  }

  /** Adds a block that nothing carries on. */
  addWhole(kind: Block['kind'], start: number, end: number): void {
    this.begin(kind, start, end)
    this.close()
  }

  read(line: SourceLine, next: SourceLine | undefined): void {
    if (!line.text) {
      this.close()
      this.isTable = false
      return
    }
    if (FENCE.test(line.text)) {
      this.close()
      this.isFenced = !this.isFenced
      this.mark('markup', line.start, line.end)
      return
    }
    if (this.isFenced) {
      this.add('text', line.start, line.end)
      return
    }
    const quote = /^(?:>\s*)+/.exec(line.text)
    if (quote) {
      const length = quote[0].length
      this.mark('markup', line.start, line.start + quote[0].trimEnd().length)
      const content = { ...line, start: line.start + length, text: line.text.slice(length) }
      if (content.text) this.readContent(content, next)
      else this.close()
      return
    }
    this.readContent(line, next)
  }

  private readContent(line: SourceLine, next: SourceLine | undefined): void {
    const { text, start, end } = line
    if (this.open?.kind === 'text' && /^(?:=+|-+)$/.test(text)) {
      this.open.kind = 'heading'
      this.open.depth = text.startsWith('=') ? 1 : 2
      this.mark('markup', start, end)
      this.close()
      return
    }
    if (RULE.test(text)) {
      this.close()
      this.mark('rule', start, end)
      return
    }
    const heading = HEADING.exec(text)
    if (heading?.[1]) {
      const closing = /\s#{1,6}$/.exec(text)?.[0]
      const to = closing ? start + text.slice(0, -closing.length).trimEnd().length : end
      this.mark('markup', start, start + heading[1].length)
      if (closing) this.mark('markup', end - closing.length + 1, end)
      this.begin('heading', start + heading[0].length, to, heading[1].length)
      this.close()
      return
    }
    if (/^#+$/.test(text)) {
      this.mark('markup', start, end)
      return
    }
    const note = FOOTNOTE.exec(text)
    if (note?.[1] && note[0].length < text.length) {
      this.mark('markup', start, start + note[0].trimEnd().length)
      this.begin('footnote', start + note[0].length, end, null, note[1])
      return
    }
    if (TABLE_RULE.test(text) && text.includes('|')) {
      this.close()
      this.isTable = true
      this.mark('rule', start, end)
      return
    }
    if (
      this.isTable ||
      (text.includes('|') && next && TABLE_RULE.test(next.text) && next.text.includes('|'))
    ) {
      if (/[^\s|]/.test(text)) this.row(text, start, end)
      else this.mark('rule', start, end)
      if (!this.isTable) this.heads = cellsOf(text)
      return
    }
    const bullet = BULLET.exec(text)
    const number = NUMBER.exec(text)
    if (bullet || number) {
      const depth = 1 + Math.floor(line.indent / 2)
      const content = text.slice(bullet?.[0].length ?? 0)
      if (bullet && INNER_LABEL.test(content)) {
        this.mark('markup', start, start + 1)
        this.begin('list-item', start + bullet[0].length, end, depth)
        return
      }
      this.begin('list-item', start, end, depth)
      return
    }
    this.add('text', start, end)
  }

  /** A row of a table; the strokes at its ends, and of empty cells there, are marks only. */
  private row(text: string, start: number, end: number): void {
    const { before, after } = strokesAround(text)
    this.mark('markup', start, start + text.slice(0, before).trimEnd().length)
    this.cells = cellsOf(text)
    this.addWhole('table-row', start + before, end - after)
    this.mark('markup', end - text.slice(text.length - after).trimStart().length, end)
  }

  /** Carries the open block on, or begins one. */
  private add(kind: Block['kind'], start: number, end: number): void {
    const last = this.open?.spans.at(-1)
    if (last && !/\S/.test(this.source.slice(last[1], start))) last[1] = end
    else if (this.open) this.open.spans.push([start, end])
    else this.begin(kind, start, end)
  }

  private begin(
    kind: Block['kind'],
    start: number,
    end: number,
    depth: number | null = null,
    label: string | null = null,
  ): void {
    this.close()
    this.open = { kind, depth, label, spans: [[start, end]] }
  }

  private close(): void {
    const open = this.open
    if (!open) return
    this.open = null
    const spans: readonly Span[] = open.spans
    const lines = spans.flatMap(([start, end]) =>
      this.source
        .slice(start, end)
        .split('\n')
        .map(line => line.trim()),
    )
    const isBold =
      open.kind === 'text' &&
      (lines.every(isBoldLine) || isBoldLine(lines.join(' '))) &&
      !/[.,;:!?]\**$/.test(lines.at(-1) ?? '')
    if (open.kind === 'heading') this.hasHeading = true
    this.blocks.push(
      block(isBold ? 'heading' : open.kind, spans, {
        depth: isBold ? (this.hasHeading ? BOLD_DEPTH : 1) : open.depth,
        label: open.label,
        references: this.referencesIn(spans),
        heads: open.kind === 'table-row' && this.isTable ? this.headsOfRow() : [],
      }),
    )
  }

  /** The heads of the cells of the row that are filled; all where it has another number of cells. */
  private headsOfRow(): readonly string[] {
    const isFilled = (_: string, at: number): boolean => this.cells[at] !== ''
    return this.cells.length === this.heads.length ? this.heads.filter(isFilled) : this.heads.filter(Boolean)
  }

  private referencesIn(spans: readonly Span[]): FootnoteReference[] {
    return spans.flatMap(([from, to]) =>
      [...this.source.slice(from, to).matchAll(REFERENCE)].map(match => ({
        mark: match[1] ?? '',
        span: [from + match.index, from + match.index + match[0].length] as const,
      })),
    )
  }

  finish(): readonly Block[] {
    this.close()
    return this.blocks
  }
}
