/** From a tree of HTML elements to extracted text and blocks: headings, paragraphs, lists, tables, footnotes. */
import { articleHeading } from '../paragraphs/articles.js'
import { readLabel } from '../paragraphs/labels.js'
import { BlockWriter } from './block-writer.js'
import { findNotes, isBackLink } from './element-notes.js'
import { isHeadRow, isLabelled, isLayout, rowsOf } from './element-tables.js'
import {
  attribute,
  BLOCKS,
  backgroundOf,
  type ChildNode,
  type Element,
  elementsBelow,
  type HidingRules,
  isElement,
  isHidden,
  namesOf,
  PAGE_COLOR,
  type ParentNode,
  textBelow,
  textNode,
} from './elements.js'
import type { Block } from './format.js'
import { counterText, styleType } from './list-counters.js'

/** The text of a page with its blocks. */
export interface WrittenBlocks {
  readonly source: string
  readonly blocks: readonly Block[]
}

/** What is left out beside what is hidden. */
export interface WalkOptions {
  readonly rules: HidingRules
  readonly isLeftOut: (element: Element) => boolean
}

/** Names that style sheets give to headings which are set as ordinary paragraphs. */
const HEADING_NAMES =
  /(?:^|[\s_-])(?:ti|title|titel|sub-?title|heading|kop|koptekst|tussenkop)(?:\d*$|\d*[\s_-])/i
const LONGEST_HEADING = 200
/** Deeper elements are read as text only, so that no page can exhaust the stack. */
const DEEPEST = 400

/** Writes the text below an element. */
export function writeBlocks(root: ParentNode, options: WalkOptions): WrittenBlocks {
  const walker = new Walker(root, options)
  walker.children(root, { list: null, depth: 0, level: 0, behind: colorBehind(root) })
  walker.writer.end()
  return { source: walker.writer.source, blocks: walker.writer.blocks }
}

/** Colour behind the text of an element. */
function colorBehind(root: ParentNode): string {
  const around: Element[] = []
  for (let node: ParentNode | null = root; node && isElement(node); node = node.parentNode) around.push(node)
  return around.reduceRight((behind, element) => backgroundOf(element, behind), PAGE_COLOR)
}

interface OpenList {
  readonly isOrdered: boolean
  readonly type: string
  /** The label with `%` for the counter. */
  readonly form: string
  next: number
}

interface Place {
  readonly list: OpenList | null
  /** Depth of lists. */
  readonly depth: number
  /** Depth of elements. */
  readonly level: number
  readonly behind: string
}

class Walker {
  readonly writer = new BlockWriter()
  private readonly notes: ReadonlyMap<Element, string>
  private readonly references: ReadonlyMap<Element, string>
  private readonly options: WalkOptions

  constructor(root: ParentNode, options: WalkOptions) {
    this.options = options
    const { notes, references } = findNotes(root)
    this.notes = notes
    this.references = references
  }

  children(parent: ParentNode, place: Place): void {
    if (place.level > DEEPEST) {
      this.writer.write(textBelow(parent))
      return
    }
    const inner = { ...place, level: place.level + 1 }
    for (const child of parent.childNodes) this.node(child, inner)
  }

  private node(node: ChildNode, place: Place): void {
    const text = textNode(node)
    if (text !== null) {
      this.writer.write(text)
      if (/\S/.test(text)) this.isBroken = false
      return
    }
    if (!isElement(node) || isHidden(node, this.options.rules, place.behind) || this.options.isLeftOut(node))
      return
    const inner = { ...place, behind: backgroundOf(node, place.behind) }
    const mark = this.references.get(node)
    if (mark !== undefined) this.writer.writeReference(mark, textBelow(node))
    else if (node.tagName === 'br') this.lineBreak()
    else if (BLOCKS.has(node.tagName)) this.block(node, inner)
    else if (!isBackLink(node)) {
      if (this.notes.has(node) && !this.writer.hasText)
        this.writer.begin('footnote', { label: this.notes.get(node) ?? null })
      this.children(node, inner)
    }
  }

  /** Two line ends in a row divide paragraphs on pages that use no other mark. */
  private lineBreak(): void {
    if (this.isBroken && this.writer.hasText && this.writer.kind === 'text') this.writer.begin('text')
    else this.writer.breakLine()
    this.isBroken = true
  }

  /** Whether nothing was written since the last line end. */
  private isBroken = false

  private block(element: Element, place: Place): void {
    const { writer } = this
    const { tagName } = element
    const note = this.notes.get(element)
    const level = headingLevel(element)
    if (note !== undefined) {
      writer.begin('footnote', { label: note })
      this.inside(element, place)
    } else if (level !== null && textBelow(element) !== '') {
      writer.begin('heading', { depth: level > 0 ? level : null })
      this.children(element, place)
      writer.end()
    } else if (tagName === 'ul' || tagName === 'ol') this.list(element, place)
    else if (tagName === 'li') this.item(element, place)
    else if (tagName === 'table') this.table(element, place)
    else if (tagName === 'dt') {
      writer.begin('text')
      this.children(element, place)
      writer.breakLine()
    } else if (tagName === 'dd') {
      if (!writer.hasText) writer.begin('text')
      this.inside(element, place)
      writer.end()
    } else if (tagName === 'hr') writer.end()
    else if (this.gluedAt === writer.size) this.children(element, place)
    else if (writer.hasText || writer.kind === null || writer.kind === 'text') {
      if (writer.kind !== 'footnote' || !this.isInside) writer.end()
      else writer.breakLine()
      this.children(element, place)
      if (!this.isInside) writer.end()
    } else this.children(element, place)
  }

  /** Size of the text behind which the first paragraph still belongs to the open item; `-1` for none. */
  private gluedAt = -1

  /** Whether the paragraphs of a note or definition are read, which stay in one block. */
  private isInside = false

  private inside(element: Element, place: Place): void {
    const before = this.isInside
    this.isInside = true
    this.children(element, place)
    this.isInside = before
    if (!before) this.writer.end()
  }

  private list(element: Element, place: Place): void {
    const isOrdered = element.tagName === 'ol'
    const list = {
      isOrdered,
      type: attribute(element, 'type') ?? styleType(element),
      form: attribute(element, 'data-label') ?? '%.',
      next: Number(attribute(element, 'start') ?? 1) || 1,
    }
    this.writer.end()
    this.children(element, { ...place, list, depth: place.depth + 1 })
    this.writer.end()
  }

  private item(element: Element, place: Place): void {
    const { list } = place
    const value = Number(attribute(element, 'value') ?? list?.next ?? 1)
    if (list) list.next = value + 1
    const hasOwn = readLabel(textBelow(element).slice(0, 80)) !== null
    const printed = list?.isOrdered ? list.form.replace('%', counterText(value, list.type)) : '•'
    const label = hasOwn || list?.type === 'none' ? null : printed
    this.writer.begin('list-item', { depth: Math.max(1, place.depth), label })
    this.gluedAt = this.writer.size
    this.children(element, place)
    this.writer.end()
  }

  private table(element: Element, place: Place): void {
    const rows = rowsOf(element).filter(row => !isHidden(row, this.options.rules, place.behind))
    const cells = rows.map(row =>
      row.childNodes
        .filter(isElement)
        .filter(cell => /^t[dh]$/.test(cell.tagName) && !isHidden(cell, this.options.rules, place.behind)),
    )
    const texts = cells.map(row => row.map(textBelow))
    if (isLabelled(texts)) this.labelledRows(cells, texts, place)
    else if (isLayout(element, cells, texts)) this.children(element, place)
    else this.dataRows(element, rows, cells, texts, place)
  }

  /** A table that sets numbers beside paragraphs is a list, as on pages of legislation. */
  private labelledRows(
    cells: readonly (readonly Element[])[],
    texts: readonly (readonly string[])[],
    place: Place,
  ): void {
    for (const [index, row] of cells.entries()) {
      const [label = ''] = texts[index] ?? []
      const first = row.findIndex((_, at) => texts[index]?.[at] === label && label !== '')
      const note = this.noteIn(row)
      this.writer.begin(note === null ? 'list-item' : 'footnote', { depth: place.depth + 1, label: note })
      if (first >= 0 && row[first]) this.inline(row[first], place)
      this.writer.write(' ')
      this.gluedAt = this.writer.size
      for (const cell of row.slice(first + 1)) this.children(cell, { ...place, depth: place.depth + 1 })
      this.writer.end()
    }
  }

  /** Text of an element without the blocks it is made of. */
  private inline(element: Element, place: Place): void {
    for (const child of element.childNodes) {
      if (isElement(child) && BLOCKS.has(child.tagName)) this.inline(child, place)
      else this.node(child, place)
    }
  }

  private noteIn(elements: readonly Element[]): string | null {
    for (const element of elements) {
      const own = this.notes.get(element)
      if (own !== undefined) return own
      for (const each of elementsBelow(element)) if (this.notes.has(each)) return this.notes.get(each) ?? null
    }
    return null
  }

  private dataRows(
    element: Element,
    rows: readonly Element[],
    cells: readonly (readonly Element[])[],
    texts: readonly (readonly string[])[],
    place: Place,
  ): void {
    const caption = element.childNodes.filter(isElement).find(each => each.tagName === 'caption')
    this.writer.end()
    if (caption) this.block(caption, place)
    const heads: string[] = []
    /** The head of each column, where one row holds them all. */
    let columns: readonly string[] | null = null
    for (const [index, row] of cells.entries()) {
      const own = texts[index] ?? []
      const filled = own.filter(text => text !== '')
      if (filled.length === 0) continue
      const isHead = isHeadRow(rows[index], row, texts, index)
      const above =
        columns?.length === own.length ? columns.filter((head, at) => head !== '' && own[at] !== '') : heads
      this.writer.begin('table-row', { heads: isHead ? [] : [...above] })
      let isFirst = true
      for (const [at, cell] of row.entries()) {
        if (texts[index]?.[at] === '') continue
        if (!isFirst) this.writer.write(' | ')
        isFirst = false
        this.inline(cell, place)
      }
      this.writer.end()
      if (!isHead) continue
      columns = heads.length === 0 ? own : null
      heads.push(...filled)
    }
  }
}

function headingLevel(element: Element): number | null {
  const own = /^h([1-6])$/.exec(element.tagName)
  if (own) return Number(own[1])
  if (attribute(element, 'role') === 'heading') return Number(attribute(element, 'aria-level') ?? 2) || 2
  if (element.tagName !== 'p' && element.tagName !== 'div') return null
  const children = element.childNodes.filter(isElement)
  if (children.some(each => BLOCKS.has(each.tagName))) return null
  const text = textBelow(element)
  if (text === '' || text.length > LONGEST_HEADING || /[.;:,]$/.test(text)) return null
  if (articleHeading(text) || HEADING_NAMES.test(namesOf(element))) return 0
  const bold = children.filter(each => each.tagName === 'strong' || each.tagName === 'b')
  const isBold =
    bold.length > 0 && bold.map(textBelow).join('').replace(/\s/g, '') === text.replace(/\s/g, '')
  return isBold && /\p{L}{3}/u.test(text) ? 0 : null
}
