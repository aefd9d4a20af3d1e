/** Enrichment files: read, checked, and placed onto paragraphs by their verbatim quotes. */
import { z } from 'zod'
import type { DocumentContent, Paragraph, ParagraphEnrichment, Statement } from './corpus.js'
import { IngestFault } from './faults.js'
import { collapseSpans, sourceSpans } from './spans.js'

const enrichmentLineSchema = z.object({
  document: z.string(),
  paragraph: z.string(),
  statements: z.array(z.object({ quote: z.string().min(1), questions: z.array(z.string().min(1)) })),
  summary: z.string().default(''),
  keywords: z.array(z.string()).default([]),
})
/** One line of an enrichment file: the statements of one paragraph. */
export type EnrichmentLine = z.infer<typeof enrichmentLineSchema>

/**
 * Reads an enrichment file (JSON Lines).
 *
 * @throws {IngestFault} `enrichment-invalid` naming file and line.
 */
export function parseEnrichment(text: string, fileName: string): EnrichmentLine[] {
  const lines: EnrichmentLine[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      lines.push(enrichmentLineSchema.parse(JSON.parse(line)))
    } catch (cause) {
      throw new IngestFault(
        'enrichment-invalid',
        `${fileName}, line ${index + 1}: not a valid enrichment line (${cause instanceof Error ? cause.message : cause}). Mend or remove this line.`,
        { cause },
      )
    }
  }
  return lines
}

/** Enrichment with its place in the document, and what could not be placed. */
export interface PlacedEnrichment {
  readonly paragraphs: readonly ParagraphEnrichment[]
  /** Quotes that occur in no paragraph. */
  readonly unplaced: readonly string[]
}

interface SearchableParagraph {
  readonly paragraph: Paragraph
  readonly text: string
  /** The text without marks, with the offset of each unit in `text`. */
  readonly bare: string
  readonly bareOffsets: readonly number[]
}

function withoutMarks(text: string): { bare: string; bareOffsets: number[] } {
  let bare = ''
  const bareOffsets: number[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (/[*_\s∞•–-]/.test(character)) continue
    bare += character
    bareOffsets.push(at)
  }
  return { bare, bareOffsets }
}

function place(quote: string, candidates: readonly SearchableParagraph[]) {
  const wanted = quote.replace(/\s+/g, ' ').trim()
  const exact = candidates.find(candidate => candidate.text.includes(wanted))
  if (exact) {
    const start = exact.text.indexOf(wanted)
    return { candidate: exact, start, end: start + wanted.length }
  }
  // A quote written across a page break or with other marks than the paragraph still names one place.
  const { bare } = withoutMarks(wanted)
  for (const candidate of candidates) {
    const found = bare === '' ? -1 : candidate.bare.indexOf(bare)
    if (found < 0) continue
    const start = candidate.bareOffsets[found] as number
    const end = (candidate.bareOffsets[found + bare.length - 1] as number) + 1
    return { candidate, start, end }
  }
  return undefined
}

/**
 * Places enrichment onto the paragraphs of its document. Where a quote occurs more than once, the paragraph that the
 * line names by its beginning wins, then the nearest after it.
 */
export function placeEnrichment(
  content: DocumentContent,
  lines: readonly EnrichmentLine[],
): PlacedEnrichment {
  const searchable = content.paragraphs.map(paragraph => ({
    paragraph,
    text: paragraph.text,
    ...withoutMarks(paragraph.text),
  }))
  const byParagraph = new Map<string, { summary: string[]; keywords: string[]; statements: Statement[] }>()
  const unplaced: string[] = []
  const entry = (id: string) => {
    const known = byParagraph.get(id) ?? { summary: [], keywords: [], statements: [] }
    byParagraph.set(id, known)
    return known
  }
  for (const line of lines) {
    const { bare: beginning } = withoutMarks(line.paragraph)
    const home = Math.max(
      0,
      searchable.findIndex(candidate => candidate.bare.startsWith(beginning.slice(0, 60))),
    )
    const candidates = [...searchable.slice(home), ...searchable.slice(0, home)]
    const touched = new Set<string>()
    for (const { quote, questions } of line.statements) {
      const found = place(quote, candidates)
      if (!found) {
        unplaced.push(quote)
        continue
      }
      const { paragraph } = found.candidate
      touched.add(paragraph.id)
      entry(paragraph.id).statements.push({
        paragraphId: paragraph.id,
        spans: sourceSpans(
          collapseSpans(content.source, paragraph.spans),
          paragraph.spans,
          found.start,
          found.end,
        ),
        quote: found.candidate.text.slice(found.start, found.end),
        questions,
      })
    }
    for (const id of touched) {
      if (line.summary) entry(id).summary.push(line.summary)
      entry(id).keywords.push(...line.keywords)
    }
  }
  return {
    paragraphs: [...byParagraph].map(([paragraphId, { summary, keywords, statements }]) => ({
      paragraphId,
      summary: summary.join(' '),
      keywords,
      statements,
    })),
    unplaced,
  }
}
