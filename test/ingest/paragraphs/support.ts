/** Reading small documents in tests, and the checks that hold for every document. */
import { expect } from 'vitest'
import type { DocumentContent, Furniture, Paragraph } from '../../../ingest/corpus.js'
import { type ReadDocument, readDocument } from '../../../ingest/read-document.js'

/** Reads a text as if it came from a file. */
export function read(text: string, fileName = 'document.txt'): Promise<ReadDocument> {
  return readDocument(new TextEncoder().encode(text), { documentId: 'd', fileName })
}

/** The content of a text. */
export async function contentOf(text: string, fileName?: string): Promise<DocumentContent> {
  return (await read(text, fileName)).content
}

/** The texts of all paragraphs but those of the given kinds. */
export function textsOf(content: DocumentContent, ...without: Paragraph['kind'][]): string[] {
  return content.paragraphs.filter(each => !without.includes(each.kind)).map(each => each.text)
}

/** The pieces of furniture as `name: text`. */
export function furnitureOf(content: DocumentContent): string[] {
  return content.furniture.map(each => `${each.name}: ${piecesOf(content, each).join(' | ')}`)
}

/** The source text of each span. */
export function piecesOf(content: DocumentContent, each: Paragraph | Furniture): string[] {
  return each.spans.map(([start, end]) => content.source.slice(start, end))
}

/** The paragraph that begins so. */
export function paragraphOf(content: DocumentContent, beginning: string): Paragraph {
  const found = content.paragraphs.find(each => each.text.startsWith(beginning))
  if (!found) throw new Error(`no paragraph begins with "${beginning}"`)
  return found
}

/** The text of a paragraph's introduction. */
export function parentOf(content: DocumentContent, paragraph: Paragraph): string | null {
  return content.paragraphs.find(each => each.id === paragraph.parent)?.text ?? null
}

/**
 * What holds for every document: each character that is not white space is in exactly one paragraph or piece of
 * furniture, the text is what the spans hold, ids differ and references lead somewhere.
 */
export function expectSound(content: DocumentContent): void {
  const { source, paragraphs, furniture } = content
  const cover = new Uint8Array(source.length)
  for (const { spans } of [...paragraphs, ...furniture]) {
    expect(spans.length).toBeGreaterThan(0)
    for (const [start, end] of spans) {
      expect(end).toBeGreaterThan(start)
      expect(end).toBeLessThanOrEqual(source.length)
      for (let at = start; at < end; at++) cover[at] = (cover[at] ?? 0) + 1
    }
  }
  const lost = [...cover.keys()].filter(at => cover[at] === 0 && /\S/.test(source[at] ?? ''))
  expect(lost.map(at => source.slice(at, at + 20))).toEqual([])
  expect([...cover.keys()].filter(at => (cover[at] ?? 0) > 1)).toEqual([])
  const ids = new Set(paragraphs.map(each => each.id))
  expect(ids.size).toBe(paragraphs.length)
  for (const paragraph of paragraphs) {
    expect(paragraph.text).toBe(piecesOf(content, paragraph).join(' ').replace(/\s+/g, ' ').trim())
    expect(paragraph.text).not.toBe('')
    expect(paragraph.id).toBe(`d#${paragraph.anchor}`)
    expect(paragraph.anchor).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    if (paragraph.parent !== null) expect(ids).toContain(paragraph.parent)
    for (const note of paragraph.footnotes) expect(ids).toContain(note)
  }
}
