/**
 * From verbatim quotes to paragraphs. A case names no paragraph id, so that another segmentation never breaks it: quotes
 * are resolved against the index each time cases are loaded.
 */
import type { DocumentContent, Paragraph, PolicyDocument, Span } from '../ingest/corpus.js'
import type { Assistant } from '../server/assistant.js'
import { faultList, type LocatedCase } from './case.js'
import { EvalFault } from './faults.js'

/** The part of the assistant that gives documents and their paragraphs. */
export type Library = Pick<Assistant, 'documents' | 'document'>

/** Where one quote stands. */
export interface Target {
  readonly quote: string
  /** Every paragraph that holds the quote: a sentence that is printed twice is right in both places. */
  readonly places: readonly Place[]
  /** Whether the quote runs over the end of a paragraph; its place is then the paragraph that holds the most of it. */
  readonly crossing: boolean
}

/** One paragraph that holds a quote. */
export interface Place {
  readonly paragraphId: string
  /** File of the document, relative to its source folder. */
  readonly document: string
  readonly spans: readonly Span[]
  readonly text: string
}

/** A case whose quotes were found. */
export interface ResolvedCase {
  readonly case: LocatedCase
  readonly gold: readonly Target[]
  readonly alternatives: readonly Target[]
}

/** Whatever names a paragraph: a citation or a search result. */
export interface ParagraphReference {
  readonly paragraphId: string
  readonly document: string
  readonly spans: readonly Span[]
}

/** Resolved cases and what an editor should know about their quotes. */
export interface Resolution {
  readonly cases: readonly ResolvedCase[]
  /** One line for each quote that runs over the end of a paragraph. */
  readonly remarks: readonly string[]
}

/** Text with every run of white space as one space. */
export function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

interface IndexedDocument {
  readonly document: PolicyDocument
  readonly content: DocumentContent
  readonly texts: readonly string[]
}

/**
 * Finds the paragraphs of all quotes.
 *
 * @throws {EvalFault} `cases-invalid`, naming file, line and id of every quote that occurs nowhere and of every document
 *   that the index does not hold.
 */
export async function resolveCases(cases: readonly LocatedCase[], library: Library): Promise<Resolution> {
  const catalogue = await library.documents()
  const byFile = new Map(catalogue.map(document => [document.file, document]))
  const opened = new Map<string, IndexedDocument>()
  const open = async (document: PolicyDocument): Promise<IndexedDocument> => {
    const known = opened.get(document.id)
    if (known !== undefined) return known
    const found = await library.document(document.id)
    if (found === null)
      throw new EvalFault('cases-invalid', `The index lists ${document.id} and does not hold it.`)
    const indexed = { ...found, texts: found.content.paragraphs.map(paragraph => collapse(paragraph.text)) }
    opened.set(document.id, indexed)
    return indexed
  }

  const faults: string[] = []
  const remarks: string[] = []
  const resolved: ResolvedCase[] = []
  for (const evalCase of cases) {
    const name = `${evalCase.location} (${evalCase.id})`
    const quotes = [...evalCase.gold, ...evalCase.alternatives]
    const candidates: IndexedDocument[] = []
    for (const file of evalCase.documents) {
      const document = byFile.get(file)
      if (document === undefined) faults.push(`${name}: the document "${file}" is not in the index`)
      else if (quotes.length > 0) candidates.push(await open(document))
    }
    if (evalCase.documents.length === 0 && quotes.length > 0)
      for (const document of catalogue) candidates.push(await open(document))
    const targets = quotes.map(quote => {
      const target = findQuote(quote, candidates)
      if (target === null)
        faults.push(`${name}: the quote "${shorten(quote)}" occurs in none of its documents`)
      else if (target.crossing)
        remarks.push(
          `${name}: the quote "${shorten(quote)}" runs over the end of ${target.places[0]?.paragraphId}, which holds the most of it`,
        )
      return target ?? { quote, places: [], crossing: false }
    })
    resolved.push({
      case: evalCase,
      gold: targets.slice(0, evalCase.gold.length),
      alternatives: targets.slice(evalCase.gold.length),
    })
  }
  if (faults.length > 0) throw new EvalFault('cases-invalid', faultList('case', faults))
  return { cases: resolved, remarks }
}

/** Whether a citation or search result is (mostly) one of the paragraphs that hold the quote. */
export function holds(target: Target, reference: ParagraphReference): boolean {
  return target.places.some(
    place =>
      place.paragraphId === reference.paragraphId ||
      // A server elsewhere may cut the same document into other paragraphs: then the larger part of the place decides.
      (place.document === reference.document &&
        2 * overlap(place.spans, reference.spans) > size(place.spans) &&
        2 * overlap(place.spans, reference.spans) > size(reference.spans)),
  )
}

function findQuote(quote: string, documents: readonly IndexedDocument[]): Target | null {
  const wanted = collapse(quote)
  const places: Place[] = []
  for (const { document, content, texts } of documents)
    for (const [index, text] of texts.entries()) {
      const paragraph = content.paragraphs[index]
      if (paragraph !== undefined && text.includes(wanted)) places.push(placeOf(document, paragraph))
    }
  if (places.length > 0) return { quote, places, crossing: false }
  for (const indexed of documents) {
    const paragraph = crossingParagraph(wanted, indexed)
    if (paragraph !== null) return { quote, places: [placeOf(indexed.document, paragraph)], crossing: true }
  }
  return null
}

/** The paragraph with the largest part of a quote that stands in the source but in no single paragraph. */
function crossingParagraph(wanted: string, { content }: IndexedDocument): Paragraph | null {
  const pattern = wanted.split(' ').map(escapePattern).join('\\s+')
  const match = new RegExp(pattern).exec(content.source)
  const range: Span | null = match === null ? null : [match.index, match.index + match[0].length]
  let best: Paragraph | null = null
  let most = 0
  if (range !== null) {
    for (const paragraph of content.paragraphs) {
      const shared = overlap(paragraph.spans, [range])
      if (shared > most) [best, most] = [paragraph, shared]
    }
    return best
  }
  // Furniture between two paragraphs hides the quote from the source: look in the paragraphs one after the other.
  const texts = content.paragraphs.map(paragraph => collapse(paragraph.text))
  const start = texts.join(' ').indexOf(wanted)
  if (start < 0) return null
  let offset = 0
  for (const [index, text] of texts.entries()) {
    const shared = Math.min(start + wanted.length, offset + text.length) - Math.max(start, offset)
    if (shared > most) [best, most] = [content.paragraphs[index] ?? null, shared]
    offset += text.length + 1
  }
  return best
}

function placeOf(document: PolicyDocument, paragraph: Paragraph): Place {
  return { paragraphId: paragraph.id, document: document.file, spans: paragraph.spans, text: paragraph.text }
}

function overlap(left: readonly Span[], right: readonly Span[]): number {
  let shared = 0
  for (const [start, end] of left)
    for (const [from, to] of right) shared += Math.max(0, Math.min(end, to) - Math.max(start, from))
  return shared
}

function size(spans: readonly Span[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0)
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function shorten(quote: string): string {
  return quote.length <= 80 ? quote : `${quote.slice(0, 77)}…`
}
