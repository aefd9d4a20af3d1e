/** From a tree of HTML elements to extracted text and blocks: headings, paragraphs, lists, tables, footnotes. */
import { articleHeading } from '../paragraphs/articles.js'
import { isBareLabel, readLabel } from '../paragraphs/labels.js'
import { isHeadOfNumbers } from '../paragraphs/tables.js'
import { BlockWriter } from './block-writer.js'
import {
  attribute,
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

const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption'.split(
    ' ',
  ),
)
/** Names that style sheets give to headings which are set as ordinary paragraphs. */
const HEADING_NAMES =
  /(?:^|[\s_-])(?:ti|title|titel|sub-?title|heading|kop|koptekst|tussenkop)(?:\d*$|\d*[\s_-])/i
const LONGEST_HEADING = 200
/** Mark of a footnote as printed: "(1)", "[2]", "*", "3)". */
const NOTE_MARK = /^[[(]?\s*(\d{1,3}|\*{1,4}|[ivx]{1,5}|†)\s*[\])]?\.?$/
/** Deeper elements are read as text only, so that no page can exhaust the stack. */
const DEEPEST = 400
/** Cells with more text make a table a means of layout. */
const LONGEST_CELL = 1_500

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

function styleType(element: Element): string {
  const style =
    /list-style(?:-type)?\s*:\s*([\w-]+)/i.exec(attribute(element, 'style') ?? '')?.[1]?.toLowerCase() ?? ''
  const types: Readonly<Record<string, string>> = {
    none: 'none',
    'lower-alpha': 'a',
    'lower-latin': 'a',
    'upper-alpha': 'A',
    'upper-latin': 'A',
    'lower-roman': 'i',
    'upper-roman': 'I',
  }
  return types[style] ?? '1'
}

/** A counter as a browser prints it. */
function counterText(value: number, type: string): string {
  if (/^a$/i.test(type)) {
    const letter = String.fromCharCode(97 + ((value - 1) % 26))
    const letters = value > 26 ? letter + letter : letter
    return type === 'A' ? letters.toUpperCase() : letters
  }
  if (/^i$/i.test(type)) return type === 'I' ? roman(value).toUpperCase() : roman(value)
  return String(value)
}

function roman(value: number): string {
  const signs: readonly (readonly [number, string])[] = [
    [100, 'c'],
    [90, 'xc'],
    [50, 'l'],
    [40, 'xl'],
    [10, 'x'],
    [9, 'ix'],
    [5, 'v'],
    [4, 'iv'],
    [1, 'i'],
  ]
  let rest = Math.min(value, 399)
  let text = ''
  for (const [size, sign] of signs) for (; rest >= size; rest -= size) text += sign
  return text
}

/** The rows of a table, those of tables inside it left out. */
function rowsOf(table: Element): Element[] {
  return table.childNodes
    .filter(isElement)
    .flatMap(each =>
      each.tagName === 'tr'
        ? [each]
        : /^t(?:head|body|foot)$/.test(each.tagName)
          ? each.childNodes.filter(isElement)
          : [],
    )
    .filter(each => each.tagName === 'tr')
}

function isLabelled(texts: readonly (readonly string[])[]): boolean {
  return (
    texts.length > 0 &&
    texts.every(row => {
      const filled = row.filter(text => text !== '')
      const [label = '', text = ''] = filled
      return (
        filled.length === 2 &&
        /\p{L}/u.test(text) &&
        (isBareLabel(label) || NOTE_MARK.test(label) || /^[—–•-]$/.test(label))
      )
    })
  )
}

function isLayout(
  table: Element,
  cells: readonly (readonly Element[])[],
  texts: readonly (readonly string[])[],
): boolean {
  if (/^(?:presentation|none)$/.test(attribute(table, 'role') ?? '')) return true
  if (cells.every(row => row.length < 2)) return true
  if (texts.some(row => row.some(text => text.length > LONGEST_CELL))) return true
  for (const each of elementsBelow(table)) if (/^(?:table|h[1-6])$/.test(each.tagName)) return true
  return false
}

function isHeadRow(
  row: Element | undefined,
  cells: readonly Element[],
  texts: readonly (readonly string[])[],
  index: number,
): boolean {
  if (row?.parentNode && isElement(row.parentNode) && row.parentNode.tagName === 'thead') return true
  if (cells.every(cell => cell.tagName === 'th')) return true
  const isFirst = texts.findIndex(each => each.some(text => text !== '')) === index
  if (!isFirst || cells.length < 2) return false
  return cells.every(headingCell) || isHeadOfNumbers(texts.slice(index))
}

/** Whether all of a cell is set in bold. */
function headingCell(cell: Element): boolean {
  const text = textBelow(cell).replace(/\s/g, '')
  if (text === '') return true
  let bold = ''
  for (const each of elementsBelow(cell)) if (/^(?:b|strong)$/.test(each.tagName)) bold += textBelow(each)
  return bold.replace(/\s/g, '') === text
}

/** An arrow back to the text, which the printed page does not have. */
function isBackLink(element: Element): boolean {
  return element.tagName === 'a' && /^(?:[↑↩⏎^\s]|\ufe0e)+$/u.test(textBelow(element))
}

/**
 * Finds footnotes by their links: a link whose text is a mark leads to the note, and at the beginning of the note a link
 * with the same mark, or an arrow, leads back.
 */
function findNotes(root: ParentNode): { notes: Map<Element, string>; references: Map<Element, string> } {
  const byId = new Map<string, Element>()
  const links: { link: Element; target: string; mark: string }[] = []
  for (const element of elementsBelow(root)) {
    for (const name of [
      attribute(element, 'id'),
      element.tagName === 'a' ? attribute(element, 'name') : null,
    ])
      if (name) byId.set(name, element)
    const target = element.tagName === 'a' ? /#(.+)$/.exec(attribute(element, 'href') ?? '')?.[1] : undefined
    const mark = target === undefined ? undefined : NOTE_MARK.exec(textBelow(element))?.[1]
    if (target !== undefined && mark !== undefined) links.push({ link: element, target, mark })
  }
  const texts = new Map<Element, string>()
  const textOfBlock = (element: Element): string => {
    const text = texts.get(element) ?? textBelow(element)
    texts.set(element, text)
    return text
  }
  const firstLinks = new Map<Element, Element | null>()
  const firstLinkOf = (element: Element): Element | null => {
    if (!firstLinks.has(element)) firstLinks.set(element, firstLink(element))
    return firstLinks.get(element) ?? null
  }
  const notes = new Map<Element, string>()
  const references = new Map<Element, string>()
  for (const { link, target, mark } of links) {
    const aim = byId.get(target)
    const note = aim && blockAround(aim)
    const own = blockAround(link)
    if (!note || !own || note === own || isAtBeginning(link, firstLinkOf(own), textOfBlock(own))) continue
    const text = textOfBlock(note)
    const isNumbered = /^[[(]?\s*(\d{1,3}|\*{1,4}|[ivx]{1,5}|†)/.exec(text)?.[1] === mark
    const isItem = note.tagName === 'li' || attribute(note, 'role') === 'doc-footnote'
    if (!isNumbered && !isItem && !/[↑↩^]\s*\S{0,3}$/.test(text)) continue
    notes.set(note, mark)
    references.set(link, mark)
  }
  return { notes, references }
}

function blockAround(element: Element): Element | null {
  for (let node: ParentNode | null = element; node && isElement(node); node = node.parentNode)
    if (BLOCKS.has(node.tagName))
      return node.tagName === 'p' && isItemOf(node) ? (node.parentNode as Element) : node
  return null
}

/** Whether a paragraph is the first of a list item, which then is the note. */
function isItemOf(element: Element): boolean {
  const { parentNode } = element
  return (
    parentNode !== null &&
    isElement(parentNode) &&
    parentNode.tagName === 'li' &&
    parentNode.childNodes.find(isElement) === element
  )
}

/** Whether nothing but white space and marks stands before a link in its block. */
function isAtBeginning(link: Element, first: Element | null, text: string): boolean {
  if (first !== link) return false
  const bare = (each: string): string => each.slice(0, 40).replace(/^[[(\s]+/, '')
  return bare(text).startsWith(bare(textBelow(link)))
}

function firstLink(block: Element): Element | null {
  for (const each of elementsBelow(block)) if (each.tagName === 'a' && textBelow(each) !== '') return each
  return null
}
