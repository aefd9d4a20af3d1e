/** Writes the extracted text of a format that has structure, with the blocks that its offsets refer to. */
import type { Span } from '../corpus.js'
import { readLabel } from '../paragraphs/labels.js'
import { type Block, block, type FootnoteReference } from './format.js'

/** What a writer needs to know of a block before its text comes. */
export type BlockStart = Partial<Pick<Block, 'depth' | 'label' | 'heads'>>

/**
 * Collects text piece by piece. White space is collapsed, blocks are divided by a blank line, rows and items of one list
 * by a line end, so that the text reads well on its own.
 */
export class BlockWriter {
  readonly blocks: Block[] = []
  private readonly parts: string[] = []
  private length = 0
  private open: {
    kind: Block['kind']
    start: BlockStart
    from: number
    earlier: readonly Span[]
    references: FootnoteReference[]
  } | null = null
  private gap = ''
  /** The first characters of the open block. */
  private head = ''
  private last: Block['kind'] | null = null

  /** The text so far. */
  get source(): string {
    return this.parts.join('')
  }

  /** The last characters of the text so far: enough to tell whether a sentence ended. */
  get tail(): string {
    return this.parts.slice(-4).join('').slice(-200)
  }

  /** Length of the text so far. */
  get size(): number {
    return this.length
  }

  /** Whether a block is open that holds text. */
  get hasText(): boolean {
    return this.open !== null && this.open.from < this.length
  }

  /** Kind of the open block; `null` between blocks. */
  get kind(): Block['kind'] | null {
    return this.open?.kind ?? null
  }

  /** Begins a block; an open one is ended. */
  begin(kind: Block['kind'], start: BlockStart = {}): void {
    this.end()
    if (this.length > 0) this.append(isTight(kind, this.last) ? '\n' : '\n\n')
    this.open = { kind, start, from: this.length, earlier: [], references: [] }
    this.head = ''
  }

  /** Carries the last block on with a new span, as after a page break. */
  resume(): void {
    this.end()
    const last = this.blocks.pop()
    if (!last) return
    const { kind, spans, references, ...start } = last
    this.append('\n')
    this.open = { kind, start, from: this.length, earlier: spans, references: [...references] }
  }

  /** Adds text to the open block, or begins one of text. */
  write(text: string): void {
    const words = text.replace(/[\s\u200b\ufeff]+/g, ' ')
    if (words === '') return
    if (words === ' ') {
      this.gap ||= this.hasText ? ' ' : ''
      return
    }
    if (!this.open) this.begin('text')
    const isOpened = this.hasText
    const lead = words.startsWith(' ') && isOpened ? this.gap || ' ' : this.gap
    this.append((isOpened ? lead : '') + words.trim())
    this.gap = words.endsWith(' ') ? ' ' : ''
  }

  /** A line end inside the block, as in a title of two lines. */
  breakLine(): void {
    if (this.hasText) this.gap = '\n'
  }

  /** Adds the mark of a footnote to the open block. */
  writeReference(mark: string, printed: string): void {
    if (!this.open) this.begin('text')
    this.write(printed)
    const to = this.length
    this.open?.references.push({ mark, span: [to - printed.trim().length, to] })
  }

  /** Ends the open block; one without text is left out. */
  end(): void {
    const open = this.open
    this.open = null
    this.gap = ''
    if (open && open.from >= this.length && open.earlier.length > 0) {
      this.blocks.push(block(open.kind, open.earlier, { ...open.start, references: open.references }))
      return
    }
    if (!open || open.from >= this.length) return
    const { kind, start, from, earlier, references } = open
    this.last = kind
    const isItem = kind === 'text' && earlier.length === 0 && beginsItem(this.head)
    this.blocks.push(
      block(isItem ? 'list-item' : kind, [...earlier, [from, this.length]], { ...start, references }),
    )
  }

  private append(text: string): void {
    this.parts.push(text)
    if (this.head.length < HEAD_LENGTH) this.head += text
    this.length += text.length
  }
}

/** Enough of a block to tell its label. */
const HEAD_LENGTH = 60

/** Whether a paragraph begins with a label of its own; a capital with a full stop is as often an initial. */
function beginsItem(text: string): boolean {
  const label = readLabel(text.slice(0, HEAD_LENGTH))
  return label !== null && !/^[A-Z]\.$/.test(label.text)
}

function isTight(kind: Block['kind'], before: Block['kind'] | null): boolean {
  return kind === before && (kind === 'table-row' || kind === 'list-item')
}
