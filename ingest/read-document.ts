/** From the bytes of a file to its source text and paragraphs. */
import type { DocumentContent } from './corpus.js'

/** The formats that are read; found by content, the file name only helps where content leaves it open. */
export type DocumentFormat = 'text' | 'markdown' | 'html' | 'docx' | 'pdf'

/** A document as read from one file. */
export interface ReadDocument {
  readonly format: DocumentFormat
  readonly content: DocumentContent
  /** Metadata that the document states about itself; used where the manifest is silent. */
  readonly found: {
    readonly title: string | null
    readonly date: string | null
    readonly documentNumber: string | null
  }
}

/**
 * Reads one document.
 *
 * @param bytes the file as it is
 * @param options.documentId prefix of all paragraph ids
 * @param options.fileName for messages and as a hint of the format
 * @throws {IngestFault} `source-empty`, `format-unsupported`, `format-damaged`; the message says what to do.
 */
export async function readDocument(
  bytes: Uint8Array,
  options: { readonly documentId: string; readonly fileName: string },
): Promise<ReadDocument> {
  const source = new TextDecoder().decode(bytes)
  const paragraphs: DocumentContent['paragraphs'][number][] = []
  for (const match of source.matchAll(/\S(?:.|\n(?!\s*\n))*/g)) {
    const text = match[0].replace(/\s+/g, ' ').trim()
    const anchor = `p-${paragraphs.length + 1}`
    paragraphs.push({
      id: `${options.documentId}#${anchor}`,
      documentId: options.documentId,
      anchor,
      kind: 'text',
      headingPath: [],
      parent: null,
      label: null,
      page: null,
      spans: [[match.index, match.index + match[0].trimEnd().length]],
      text,
      searchText: text,
      footnotes: [],
    })
  }
  return {
    format: 'text',
    content: { source, paragraphs, furniture: [], pages: null, repairedWords: 0, warnings: [] },
    found: { title: null, date: null, documentNumber: null },
  }
}
