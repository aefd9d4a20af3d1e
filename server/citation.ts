/** Citations and nearest sources: copied from the paragraph by the server, never written by a model. */
import type { Paragraph, PolicyDocument, Span } from '../ingest/corpus.js'
import { collapseSpans, sourceSpans } from '../ingest/spans.js'
import type { NearestSource } from './protocol.js'

/** Address of a paragraph in the source page, with the quoted range marked. */
export function sourceHref(basePath: string, paragraph: Paragraph, quoted: Span | undefined): string {
  const query = quoted ? `?citaat=${quoted[0]}-${quoted[1]}` : ''
  return `${basePath}/documenten/${encodeURIComponent(paragraph.documentId)}${query}#${paragraph.anchor}`
}

/**
 * Everything a citation of `paragraph` shows, with `text.slice(start, end)` as its quote.
 *
 * @param source source text of the paragraph's document
 */
export function citeParagraph(
  basePath: string,
  document: PolicyDocument,
  paragraph: Paragraph,
  source: string,
  start = 0,
  end = paragraph.text.length,
): NearestSource {
  const ranges = sourceSpans(collapseSpans(source, paragraph.spans), paragraph.spans, start, end)
  const quoted: Span | undefined =
    ranges.length > 0 ? [(ranges[0] as Span)[0], (ranges.at(-1) as Span)[1]] : undefined
  return {
    paragraphId: paragraph.id,
    documentId: document.id,
    document: document.file,
    title: document.title,
    documentNumber: document.documentNumber,
    date: document.date,
    label: paragraph.label,
    page: paragraph.page,
    headingPath: [...paragraph.headingPath],
    quote: paragraph.text.slice(start, end),
    text: paragraph.text,
    spans: paragraph.spans.map(([from, to]): [number, number] => [from, to]),
    href: sourceHref(basePath, paragraph, quoted),
  }
}
