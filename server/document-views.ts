/** Documents and paragraphs as the API shows them. */
import type { DocumentContent, Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { DocumentSummary, ParagraphView, SourceParagraph } from './protocol.js'

/** A document's facts with the address of its source page. */
export function documentSummary(document: PolicyDocument, basePath: string): DocumentSummary {
  const { id, title, citeAs, institution, date, documentNumber, kind, status, language, url } = document
  const href = `${basePath}/documenten/${encodeURIComponent(id)}`
  return { id, title, citeAs, institution, date, documentNumber, kind, status, language, url, href }
}

/** A paragraph as printed. */
export function sourceParagraph(paragraph: Paragraph): SourceParagraph {
  const { id, anchor, kind, headingPath, label, page, text, spans, footnotes } = paragraph
  return {
    id,
    anchor,
    kind,
    headingPath: [...headingPath],
    label,
    page,
    text,
    spans: spans.map(([start, end]): [number, number] => [start, end]),
    footnotes: [...footnotes],
  }
}

/**
 * A paragraph among its neighbours; `null` when the document has none of this anchor.
 *
 * @param count neighbours on either side
 */
export function paragraphView(
  document: PolicyDocument,
  content: DocumentContent,
  anchor: string,
  count: number,
  basePath: string,
): ParagraphView | null {
  const at = content.paragraphs.findIndex(paragraph => paragraph.anchor === anchor)
  const paragraph = content.paragraphs[at]
  if (!paragraph) return null
  const isRead = ({ kind }: Paragraph) => kind !== 'footnote'
  const before = count === 0 ? [] : content.paragraphs.slice(0, at).filter(isRead).slice(-count)
  const after = content.paragraphs
    .slice(at + 1)
    .filter(isRead)
    .slice(0, count)
  const wanted = new Set([...before, paragraph, ...after].flatMap(({ footnotes }) => footnotes))
  return {
    document: documentSummary(document, basePath),
    paragraph: sourceParagraph(paragraph),
    before: before.map(sourceParagraph),
    after: after.map(sourceParagraph),
    footnotes: content.paragraphs.filter(({ id }) => wanted.has(id)).map(sourceParagraph),
  }
}
