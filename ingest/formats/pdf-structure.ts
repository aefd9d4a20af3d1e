/** The structure of a tagged PDF as blocks: headings, paragraphs, lists, tables and notes as their author made them. */
import { endsClause, endsSentence, startsLowerCase } from '../paragraphs/text-shape.js'
import { BlockWriter } from './block-writer.js'
import type { ExtractedText } from './format.js'
import type { PdfPage } from './pdf.js'
import { type Fragment, linesInOrder } from './pdf-lines.js'

/** A node of the structure tree of a page. */
export interface StructureNode {
  readonly role?: string
  readonly type?: string
  readonly id?: string
  readonly children?: readonly StructureNode[]
}

/** Share of the text that the structure must hold for it to be believed. */
const COVERED = 0.9
/** Share of paragraphs of one line that end no sentence, from which the tags mark lines and not paragraphs. */
const BROKEN = 0.5

/** Reads the pages by their tags; `null` where these leave out text or mark lines only. */
export function readStructure(pages: readonly PdfPage[]): Omit<ExtractedText, 'properties'> | null {
  const reader = new StructureReader()
  for (const [index, page] of pages.entries()) reader.page(page, index)
  return reader.finish()
}

/** Where in the document a content stands. */
interface Place {
  readonly kind: 'text' | 'heading' | 'list-item' | 'footnote'
  readonly depth: number | null
}

class StructureReader {
  private readonly writer = new BlockWriter()
  private readonly starts: number[] = []
  private readonly empty: number[] = []
  private written = 0
  private total = 0
  private paragraphs = 0
  private broken = 0
  private byContent = new Map<string, Fragment[]>()
  /** Whether the next paragraph is the first of its page. */
  private isPageStart = true
  private lists = 0

  page({ fragments, structure }: PdfPage, index: number): void {
    this.writer.end()
    this.starts.push(this.writer.size)
    this.isPageStart = index > 0
    this.byContent = new Map()
    for (const each of fragments) {
      this.total += lengthOf(each.text)
      if (each.content === null) continue
      const same = this.byContent.get(each.content)
      if (same) same.push(each)
      else this.byContent.set(each.content, [each])
    }
    if (fragments.length === 0) this.empty.push(index + 1)
    if (structure) this.node(structure)
  }

  finish(): Omit<ExtractedText, 'properties'> | null {
    this.writer.end()
    const isBroken = this.paragraphs > 4 && this.broken > this.paragraphs * BROKEN
    if (this.written < this.total * COVERED || isBroken) return null
    const { source, blocks } = this.writer
    return {
      source,
      blocks,
      pageStarts: this.starts,
      headings: null,
      furniture: [],
      warnings: this.empty.map(page => `page ${page} holds no text`),
    }
  }

  private node(node: StructureNode): void {
    const role = node.role ?? ''
    const heading = /^H([1-6])?$/.exec(role)
    if (role === 'Table') this.table(node)
    else if (heading) this.block({ kind: 'heading', depth: heading[1] ? Number(heading[1]) : null }, node)
    else if (role === 'L') {
      this.lists++
      for (const child of node.children ?? []) this.node(child)
      this.lists--
    } else if (role === 'LI') this.item(node)
    else if (role === 'Note' || role === 'FENote') this.block({ kind: 'footnote', depth: null }, node)
    else if (/^(?:P|Caption|BlockQuote|Title|TOCI|Formula)$/.test(role) || node.type === 'content') {
      const inner = (node.children ?? []).filter(child => isBlock(child))
      if (inner.length > 0) for (const child of node.children ?? []) this.node(child)
      else
        this.block({ kind: role === 'Title' ? 'heading' : 'text', depth: role === 'Title' ? 1 : null }, node)
    } else if ((node.children ?? []).some(child => isBlock(child)))
      for (const child of node.children ?? []) this.node(child)
    else this.block({ kind: 'text', depth: null }, node)
  }

  private item(node: StructureNode): void {
    const nested = (node.children ?? []).flatMap(child =>
      child.role === 'LBody' ? (child.children ?? []) : [child],
    )
    const lists = nested.filter(child => child.role === 'L')
    const own = [...contentsOf(node, child => child.role === 'L')]
    this.write({ kind: 'list-item', depth: Math.max(1, this.lists) }, own)
    for (const list of lists) this.node(list)
  }

  private block(place: Place, node: StructureNode): void {
    this.write(place, [...contentsOf(node)])
  }

  private write(place: Place, contents: readonly string[]): void {
    const fragments = contents.flatMap(id => this.byContent.get(id) ?? [])
    const lines = linesInOrder(fragments)
    if (lines.length === 0) return
    this.written += fragments.reduce((sum, { text }) => sum + lengthOf(text), 0)
    const first = lines[0] ?? ''
    const last = lines.at(-1) ?? ''
    if (this.isPageStart && this.carriesOn(place, first)) this.writer.resume()
    else {
      const note = place.kind === 'footnote' ? (/^\(?(\d{1,3})/.exec(first)?.[1] ?? null) : null
      this.writer.begin(place.kind, { depth: place.depth, label: note })
      if (place.kind === 'text') {
        this.paragraphs++
        if (lines.length === 1 && !endsClause(last)) this.broken++
      }
    }
    this.isPageStart = false
    for (const [index, line] of lines.entries()) {
      if (index > 0) this.writer.breakLine()
      this.writer.write(line)
    }
    this.writer.end()
  }

  /** Whether the first piece of a page carries on the last one of the page before. */
  private carriesOn(place: Place, text: string): boolean {
    const before = this.writer.blocks.at(-1)
    if (!before || place.kind === 'heading') return false
    // A paragraph with a printed label became an item.
    const isSame = before.kind === place.kind || (before.kind === 'list-item' && place.kind === 'text')
    if (!isSame) return false
    const ended = this.writer.tail
    return !endsSentence(ended) && !/[:;]$/.test(ended) && (startsLowerCase(text) || !endsClause(ended))
  }

  private table(table: StructureNode): void {
    const heads: string[] = []
    for (const row of rowsOf(table)) {
      const cells = (row.children ?? []).filter(({ role }) => role === 'TD' || role === 'TH')
      const contents = cells.map(cell => [...contentsOf(cell)].flatMap(id => this.byContent.get(id) ?? []))
      const texts = contents.map(fragments => linesInOrder(fragments).join(' '))
      const filled = texts.filter(text => text !== '')
      if (filled.length === 0) continue
      this.written += contents.flat().reduce((sum, { text }) => sum + lengthOf(text), 0)
      const isHead = cells.every(({ role }) => role === 'TH')
      this.writer.begin('table-row', { heads: isHead ? [] : [...heads] })
      this.writer.write(filled.join(' | '))
      this.writer.end()
      this.isPageStart = false
      if (isHead) heads.push(...filled)
    }
  }
}

const lengthOf = (text: string): number => text.replace(/\s+/g, '').length

const BLOCK_ROLES =
  /^(?:P|H[1-6]?|L|LI|Table|Note|FENote|Div|Sect|Art|Part|Document|BlockQuote|TOC|TOCI|Caption|Title|Index|Figure)$/

const isBlock = (node: StructureNode): boolean => BLOCK_ROLES.test(node.role ?? '')

function rowsOf(table: StructureNode): StructureNode[] {
  return (table.children ?? []).flatMap(child =>
    child.role === 'TR' ? [child] : /^T(?:Head|Body|Foot)$/.test(child.role ?? '') ? rowsOf(child) : [],
  )
}

/** Names of the contents below a node in reading order. */
function* contentsOf(
  node: StructureNode,
  isLeftOut: (node: StructureNode) => boolean = () => false,
): Generator<string> {
  for (const child of node.children ?? []) {
    if (isLeftOut(child)) continue
    if (child.type === 'content' && child.id) yield child.id
    else yield* contentsOf(child, isLeftOut)
  }
}
