/** What every format hands over: the source text with what the file itself says about its structure. */
import type { Furniture, ParagraphKind, Span } from '../corpus.js'
import type { DocumentFormat } from '../read-document.js'

/** A place in the source text that refers to a footnote. */
export interface FootnoteReference {
  /** The number or mark of the footnote, as printed at the reference. */
  readonly mark: string
  /** The mark itself in the source text; it is left out of `searchText`. */
  readonly span: Span
}

/** One piece of a document before it has an identity: what will become one paragraph. */
export interface Block {
  readonly kind: ParagraphKind
  /** Ranges in reading order, never empty. Their first and last characters are not white space. */
  readonly spans: readonly Span[]
  /** Depth of a heading or of a list item, 1 is the outermost; `null` where the format does not say. */
  readonly depth: number | null
  /**
   * Label of an item or number of a footnote. `null` means: read it from the beginning of the text. A format gives it
   * where the printed label is not in the source text, as with the numbered lists of HTML and DOCX.
   */
  readonly label: string | null
  readonly references: readonly FootnoteReference[]
  /** Heads of the columns of a table row; they are searched with it, and shown where they stand. */
  readonly heads: readonly string[]
}

/** What a file states about itself apart from its text. */
export interface Properties {
  readonly title: string | null
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly date: string | null
  readonly documentNumber: string | null
}

/** The properties of a file that states nothing. */
export const NO_PROPERTIES: Properties = { title: null, date: null, documentNumber: null }

/** A file as its format reads it. */
export interface ExtractedText {
  /** The text that all spans refer to. */
  readonly source: string
  /** The blocks in reading order; `null` where the format has no structure and the lines must tell. */
  readonly blocks: readonly Block[] | null
  /** Offset of the first character of each page, ascending, from the first page on; `null` where the file does not say. */
  readonly pageStarts: readonly number[] | null
  /**
   * Depths of headings that the size of their type shows, 1 is the outermost, by the offset at which their lines begin. Only
   * where there are no blocks; `null` where the format knows no type.
   */
  readonly headings: ReadonlyMap<number, number> | null
  /** What the format itself knows to be no text: marks, front matter. */
  readonly furniture: readonly Furniture[]
  /** What the file states about itself. */
  readonly properties: Properties
  /** Problems a person should know of, in English. */
  readonly warnings: readonly string[]
}

/** One format. Adding a format is adding one of these to the list in `formats/index.ts`. */
export interface FormatReader {
  readonly format: DocumentFormat
  /** Whether this reader should read the file; the first that says yes does. */
  recognises(bytes: Uint8Array, fileName: string): boolean
  /**
   * @throws {IngestFault} `format-damaged` where the file cannot be read as this format.
   */
  read(bytes: Uint8Array, fileName: string): Promise<ExtractedText>
}

/** A block with the fields that most blocks leave open. */
export function block(
  kind: ParagraphKind,
  spans: readonly Span[],
  rest: Partial<Omit<Block, 'kind' | 'spans'>> = {},
): Block {
  return { kind, spans, depth: null, label: null, references: [], heads: [], ...rest }
}
