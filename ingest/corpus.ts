/**
 * The words of the corpus: documents, paragraphs, furniture. Types only; no input or output here.
 *
 * All offsets are UTF-16 code units into the *source text* of a document: the decoded file for TXT and Markdown,
 * the extracted text kept with the index for PDF, DOCX and HTML.
 */

/** Half-open range `[start, end)` of the source text, in UTF-16 code units. */
export type Span = readonly [start: number, end: number]

/** What a paragraph is on the printed page. */
export type ParagraphKind =
  | 'text'
  | 'list-item'
  | 'footnote'
  | 'heading'
  | 'table-row'
  | 'signature'
  | 'metadata'

/** Every kind, in the order in which tables print them. */
export const PARAGRAPH_KINDS = [
  'text',
  'list-item',
  'footnote',
  'heading',
  'table-row',
  'signature',
  'metadata',
] as const satisfies readonly ParagraphKind[]

/** The unit of retrieval and of citation, as a reader of the printed page would count it. */
export interface Paragraph {
  /** `<documentId>#<anchor>`; stable when other paragraphs change. */
  readonly id: string
  readonly documentId: string
  /** Fragment identifier in the source page: lower-case letters, digits and hyphens. */
  readonly anchor: string
  readonly kind: ParagraphKind
  /** The headings above this paragraph as shown to a reader, outermost first. */
  readonly headingPath: readonly string[]
  /**
   * Paragraph id of what introduces it: the introduction of a list item (or the item it is nested in), the heads of a row of a
   * table; `null` when there is none.
   */
  readonly parent: string | null
  /** The label as printed ("18 b)", "voetnoot 16"); `null` when none is printed. */
  readonly label: string | null
  /** 1-based page of the first span; `null` where pages are not known. */
  readonly page: number | null
  /** One or more ranges in reading order. Never empty, never overlapping another paragraph or furniture. */
  readonly spans: readonly Span[]
  /** The spans joined by a space with white space collapsed: otherwise exactly as printed. */
  readonly text: string
  /** The text repaired for search only: OCR damage, hyphenation, encoding, marks, footnote numbers. Never shown. */
  readonly searchText: string
  /** Paragraph ids of the footnotes this paragraph refers to, in order of reference. */
  readonly footnotes: readonly string[]
}

/** Text of the source that belongs to no paragraph: running headers, page numbers, margins, repeats. */
export interface Furniture {
  /** What it is, from a closed set that `docs/ingest.md` lists, for example `running header`. */
  readonly name: string
  readonly spans: readonly Span[]
}

/**
 * A document as the catalogue knows it. What the document does not say itself is `null`, or its field is named in
 * `generalKnowledge`.
 */
export interface PolicyDocument {
  /** Readable slug, unique in the corpus: lower-case letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  /** Name for use in a running Dutch sentence with its article: "de Kamerbrief van 23 mei 2025"; `null`: use the title. */
  readonly citeAs: string | null
  readonly institution: string | null
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly date: string | null
  readonly documentNumber: string | null
  /** For example `kamerbrief`, `raadsconclusies`, `mededeling`, `verklaring`, `wet`. */
  readonly kind: string | null
  /** For example `ontwerp`, `definitief`. */
  readonly status: string | null
  /** BCP 47 tag; `nl` unless known otherwise. */
  readonly language: string
  /** Other names under which readers know it: "TAMM-mededeling", "Praagse verklaring". Used to find and to scope. */
  readonly aliases: readonly string[]
  /** Official address where known; never guessed. */
  readonly url: string | null
  /** Path relative to its source folder, with forward slashes. */
  readonly file: string
  /** SHA-256 of the file's bytes, lower-case hexadecimal. */
  readonly contentHash: string
  /** Fields above that come from general knowledge and not from the document itself. */
  readonly generalKnowledge: readonly string[]
}

/** A document of which nothing is known but its id, which is also its file. */
export function bareDocument(id: string): PolicyDocument {
  return {
    id,
    title: '',
    citeAs: null,
    institution: null,
    date: null,
    documentNumber: null,
    kind: null,
    status: null,
    language: 'nl',
    aliases: [],
    url: null,
    file: id,
    contentHash: '',
    generalKnowledge: [],
  }
}

/**
 * A paragraph of running text of which nothing is known but its words, printed as they are read.
 *
 * @param start where it begins in the source text, in UTF-16 units
 */
export function bareParagraph(documentId: string, anchor: string, text: string, start = 0): Paragraph {
  return {
    id: `${documentId}#${anchor}`,
    documentId,
    anchor,
    kind: 'text',
    headingPath: [],
    parent: null,
    label: null,
    page: null,
    spans: [[start, start + text.length]],
    text,
    searchText: text,
    footnotes: [],
  }
}

/** A document with its source text and everything found in it. */
export interface DocumentContent {
  /** The source text that all spans refer to. */
  readonly source: string
  /** In reading order. */
  readonly paragraphs: readonly Paragraph[]
  readonly furniture: readonly Furniture[]
  /** Number of pages; `null` where pages are not known. */
  readonly pages: number | null
  /** Number of words repaired in `searchText` (OCR, encoding, hyphenation). */
  readonly repairedWords: number
  /** Problems a person should know of, in English: "page 3 holds no text". Non-empty makes the ledger entry `partial`. */
  readonly warnings: readonly string[]
}

/** One fact of a paragraph, with the questions it answers. Used to find, never shown, never cited. */
export interface Statement {
  readonly paragraphId: string
  /** Verbatim range(s) of the source text that carry the fact, inside the paragraph's spans. */
  readonly spans: readonly Span[]
  /** The quote as it stands in the paragraph's `text`. */
  readonly quote: string
  readonly questions: readonly string[]
}

/** Enrichment of one paragraph as placed at ingest. */
export interface ParagraphEnrichment {
  readonly paragraphId: string
  /** Summary in plain Dutch (B1); empty when none was written. */
  readonly summary: string
  readonly keywords: readonly string[]
  readonly statements: readonly Statement[]
}
