/** From an extracted text to its paragraphs. */
import type { Furniture, Paragraph } from '../corpus.js'
import type { Block, ExtractedText, FootnoteReference } from '../formats/format.js'
import { searchTexts } from '../repair.js'
import { makeAnchors } from './anchors.js'
import { itemLabel, labelArticles } from './articles.js'
import { metadataName, readFrontMatter } from './front-matter.js'
import { headingDepths } from './headings.js'
import { takeOutHidden } from './hidden.js'
import { placeLists } from './lists.js'
import { joinMarks } from './marks.js'
import { segment } from './segment.js'
import { joinSignatures } from './signatures.js'
import { textOf, withoutMarks } from './text-shape.js'

/** What was found in one document. */
export interface FoundParagraphs {
  readonly paragraphs: readonly Paragraph[]
  readonly furniture: readonly Furniture[]
  readonly pages: number | null
  readonly repairedWords: number
  readonly warnings: readonly string[]
  readonly found: {
    readonly title: string | null
    readonly date: string | null
    readonly documentNumber: string | null
  }
}

/** Finds the paragraphs of a document, as a reader of the printed page would count them. */
export function findParagraphs(extracted: ExtractedText, documentId: string): FoundParagraphs {
  const { source } = extracted
  const pieces = extracted.blocks
    ? {
        blocks: joinMarks(source, extracted.blocks),
        furniture: [],
        pageStarts: extracted.pageStarts,
        warnings: [],
      }
    : segment(source, extracted.pageStarts, extracted.headings)
  const visible = takeOutHidden(source, pieces.blocks)
  const front = readFrontMatter(source, visible.blocks, [
    ...extracted.furniture,
    ...pieces.furniture,
    ...visible.furniture,
  ])
  const articles = labelArticles(source, joinSignatures(source, front.blocks))
  const { blocks } = articles
  const texts = blocks.map(each => textOf(source, each.spans))
  const places = placeLists(blocks.map((each, index) => ({ ...each, text: texts[index] ?? '' })))
  const notes = notesOf(blocks)
  const paths = headingPaths(blocks, texts)
  // A footnote belongs to the chapter of the text that refers to it, wherever its page happens to end.
  for (const [index, each] of [...blocks.entries()].reverse()) {
    for (const reference of each.references) {
      const note = notes.get(reference)
      if (note !== undefined) paths[note] = paths[index] ?? []
    }
  }
  const labels: (string | null)[] = []
  for (const [index, each] of blocks.entries()) {
    const [article = null, place] = [articles.labels[index], places[index]]
    const printed = place?.label ?? null
    if (each.kind === 'footnote') labels.push(`voetnoot ${each.label ?? ''}`.trim())
    else if (article !== null && place?.kind === 'list-item')
      labels.push(itemLabel(article, printed, labels[place.parent ?? -1] ?? null))
    else labels.push(article ?? printed)
  }
  const headRows = headRowsOf(blocks)
  const parentOf = (index: number): number | null => places[index]?.parent ?? headRows.get(index) ?? null
  const anchors = makeAnchors(
    blocks.map((each, index) => ({
      label: labels[index] ?? null,
      kind: places[index]?.kind ?? each.kind,
      text: texts[index] ?? '',
      context: [...(paths[index] ?? []), texts[parentOf(index) ?? -1] ?? ''].join('\n'),
    })),
  )
  const ids = anchors.map(anchor => `${documentId}#${anchor}`)
  const search = searchTexts(
    source,
    blocks.map(each => ({ spans: each.spans, removed: each.references.map(reference => reference.span) })),
  )
  const paragraphs = blocks.map((each, index): Paragraph => {
    const kind = places[index]?.kind ?? each.kind
    const parent = parentOf(index)
    return {
      id: ids[index] ?? '',
      documentId,
      anchor: anchors[index] ?? '',
      kind,
      headingPath: paths[index] ?? [],
      parent: parent === null ? null : (ids[parent] ?? null),
      label: labels[index] ?? null,
      page: pageOf(pieces.pageStarts, each.spans[0]?.[0] ?? 0),
      spans: each.spans,
      text: texts[index] ?? '',
      searchText: withHeads(
        each.heads,
        each.spans.map(span => textOf(source, [span])),
        withName(kind, texts[index] ?? '', search.texts[index] ?? ''),
      ),
      footnotes: [...new Set(each.references.flatMap(reference => ids[notes.get(reference) ?? -1] ?? []))],
    }
  })
  return {
    paragraphs,
    furniture: [...front.furniture, ...articles.furniture].sort(
      (a, b) => (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0),
    ),
    pages: pieces.pageStarts?.length ?? null,
    repairedWords: search.repairedWords,
    warnings: [...extracted.warnings, ...pieces.warnings],
    found: {
      title: extracted.properties.title ?? front.found.title,
      date: extracted.properties.date ?? front.found.date,
      documentNumber: extracted.properties.documentNumber ?? front.found.documentNumber,
    },
  }
}

/** 1-based page of an offset. */
function pageOf(starts: readonly number[] | null, offset: number): number | null {
  if (!starts) return null
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return Math.max(1, low)
}

/**
 * Metadata and signatures are asked for by what they are, which the page shows by their place only. The number of a
 * footnote is in its label already.
 */
function withName(kind: Paragraph['kind'], text: string, searchText: string): string {
  if (kind === 'signature') return `Ondertekening: ${searchText}`
  if (kind === 'footnote') return searchText.replace(/^\d{1,3}\s+/, '')
  const name = kind === 'metadata' ? metadataName(text) : null
  return name ? `${name}: ${searchText}` : searchText
}

/** The row of heads that introduces each row of a table, as an introduction does its items. */
function headRowsOf(blocks: readonly Block[]): Map<number, number> {
  const found = new Map<number, number>()
  let head: number | null = null
  for (const [index, { kind, heads }] of blocks.entries()) {
    if (kind !== 'table-row') head = null
    else if (heads.length === 0) head = index
    else if (head !== null) found.set(index, head)
  }
  return found
}

/**
 * A row of a table is asked for by the heads of its columns too: each in front of its cell, so that both stand in one clause, or
 * all before the row where their number differs.
 *
 * @param pieces the text of each span; of a table without strokes each is a cell
 */
function withHeads(heads: readonly string[], pieces: readonly string[], searchText: string): string {
  if (heads.length === 0) return searchText
  const isApart = pieces.length > 1 && pieces.join(' ') === searchText
  const cells = isApart ? pieces : searchText.split(/\s*\|\s*/).filter(cell => cell !== '')
  if (cells.length !== heads.length) return `${heads.join(', ')}: ${searchText}`
  return cells.map((cell, at) => `${heads[at]} ${cell}`).join(', ')
}

/**
 * The footnote that each reference means: the next one with its mark, or else the last, because numbering may begin anew
 * in a chapter or an annex.
 */
function notesOf(blocks: readonly Block[]): Map<FootnoteReference, number> {
  const byMark = new Map<string, number[]>()
  for (const [index, each] of blocks.entries()) {
    if (each.kind !== 'footnote' || each.label === null) continue
    const same = byMark.get(each.label)
    if (same) same.push(index)
    else byMark.set(each.label, [index])
  }
  const found = new Map<FootnoteReference, number>()
  for (const each of blocks) {
    for (const reference of each.references) {
      const same = byMark.get(reference.mark) ?? []
      const note = same.find(index => (blocks[index]?.spans[0]?.[0] ?? 0) > reference.span[0]) ?? same.at(-1)
      if (note !== undefined) found.set(reference, note)
    }
  }
  return found
}

/** The headings above each block, outermost first; a heading's own path ends above itself. */
function headingPaths(blocks: readonly Block[], texts: readonly string[]): string[][] {
  const headings = blocks.flatMap((each, index) =>
    each.kind === 'heading' ? [{ index, text: texts[index] ?? '', depth: each.depth }] : [],
  )
  const depths = new Map(headingDepths(headings).map((depth, order) => [headings[order]?.index, depth]))
  const open: { depth: number; text: string }[] = []
  return blocks.map((each, index) => {
    if (each.kind === 'heading') {
      const depth = depths.get(index) ?? 1
      while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= depth) open.pop()
      const path = open.map(heading => heading.text)
      open.push({ depth, text: withoutMarks(texts[index] ?? '') })
      return path
    }
    return each.kind === 'signature' || each.kind === 'metadata' ? [] : open.map(heading => heading.text)
  })
}
