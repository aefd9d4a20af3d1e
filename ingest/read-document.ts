/** From the bytes of a file to its source text and paragraphs. */
import type { DocumentContent } from './corpus.js'
import { IngestFault } from './faults.js'
import { FORMAT_READERS } from './formats/index.js'
import { findParagraphs } from './paragraphs/index.js'

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
  if (isMail(bytes)) {
    throw new IngestFault(
      'format-unsupported',
      `${options.fileName} is a message or a page saved with all its parts (MIME), which is not read. Save it as HTML or PDF, and add that.`,
    )
  }
  const reader = isRichText(bytes)
    ? undefined
    : FORMAT_READERS.find(each => each.recognises(bytes, options.fileName))
  if (!reader) {
    throw new IngestFault(
      'format-unsupported',
      `${options.fileName} is in no format that is read. Save it as PDF, DOCX, HTML, Markdown or text, and add that.`,
    )
  }
  const extracted = await reader.read(bytes, options.fileName)
  if (!/\S/.test(extracted.source)) {
    throw new IngestFault(
      'source-empty',
      `${options.fileName} holds no text; remove it or replace it by a file with text`,
    )
  }
  const { paragraphs, furniture, pages, repairedWords, warnings, found } = findParagraphs(
    extracted,
    options.documentId,
  )
  return {
    format: reader.format,
    content: { source: extracted.source, paragraphs, furniture, pages, repairedWords, warnings },
    found,
  }
}

/** Whether a file is Rich Text Format, which would pass for text but is full of commands. */
function isRichText(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 5)) === '{\\rtf'
}

/** Whether a file is a message or a web archive, which would pass for text but is full of coded parts. */
function isMail(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4096))
  return /^[\w-]+: \S/.test(head) && /^MIME-Version: 1\.0/im.test(head.split(/\r?\n\r?\n/)[0] ?? '')
}
