/** Enrichment that a chat model writes: which paragraphs lack it, what is kept of it, where it is stored. */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeDocument, enrichmentPath, listSources, readSource, type SourceFile } from './catalogue.js'
import type { Paragraph, ParagraphKind, PolicyDocument } from './corpus.js'
import { writeFault } from './durable-files.js'
import { type EnrichmentLine, parseEnrichment, placeEnrichment } from './enrichment.js'
import { IngestFault } from './faults.js'
import { readDocument } from './read-document.js'

/** What is told to the writer of an enrichment. */
export interface EnrichmentRequest {
  readonly document: PolicyDocument
  readonly paragraph: Paragraph
  /** Text of the introduction of a list item; `null` when there is none. */
  readonly introduction: string | null
}

/** What a writer gives back: as a line of an enrichment file. */
export type WrittenEnrichment = Pick<EnrichmentLine, 'statements' | 'summary' | 'keywords'>

/** Writes enrichment for single paragraphs. The server implements it with a prompt and a chat model. */
export interface EnrichmentWriter {
  /** Names model and prompt version; stored with each line. */
  readonly id: string
  /**
   * Enrichment of one paragraph. Quotes must stand in the paragraph's text; others are left out afterwards.
   *
   * @returns `null` when the paragraph holds nothing that could be asked for
   * @throws {IngestFault} `enrichment-invalid` when nothing usable came: the paragraph is left for the next run. Whatever else
   *   is thrown ends the run; what was written before stays.
   */
  write(request: EnrichmentRequest, signal?: AbortSignal): Promise<WrittenEnrichment | null>
}

/** Settings of `enrichDocuments`. */
export interface EnrichSettings {
  /** Absolute folders with documents; those of `optionalSources` need not exist. */
  readonly sources: readonly string[]
  readonly optionalSources: readonly string[]
  /** Where the lines go, one file per document id. */
  readonly enrichmentFolder: string
  readonly writer: EnrichmentWriter
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** What was written. */
export interface EnrichReport {
  readonly paragraphs: number
  readonly statements: number
  /** Statements left out because their quote does not stand in the paragraph. */
  readonly rejected: number
  /** Paragraphs for which the writer brought nothing usable; the next run asks again. */
  readonly failed: number
}

/** What a run of `enrichDocuments` would ask for. */
export interface EnrichEstimate {
  readonly paragraphs: number
  /** Characters of these paragraphs with their introductions. */
  readonly characters: number
}

/** Counts the paragraphs that lack enrichment, without asking for any. */
export async function estimateEnrichment(
  settings: Pick<EnrichSettings, 'sources' | 'optionalSources' | 'enrichmentFolder'>,
): Promise<EnrichEstimate> {
  const { files } = await listSources(settings.sources, settings.optionalSources)
  let [paragraphs, characters] = [0, 0]
  for (const source of files)
    for (const { request } of await findWaiting(source, settings.enrichmentFolder)) {
      paragraphs++
      characters += request.paragraph.text.length + (request.introduction?.length ?? 0)
    }
  return { paragraphs, characters }
}

/** Kinds of paragraphs that hold facts of their own. */
const ENRICHED_KINDS: ReadonlySet<ParagraphKind> = new Set(['text', 'list-item', 'footnote', 'table-row'])

/** Shorter paragraphs are captions and fragments. In characters. */
const SHORTEST = 40

interface Waiting {
  readonly source: SourceFile
  readonly request: EnrichmentRequest
}

/**
 * Writes enrichment for every paragraph that has none. Each line is stored as soon as it is written, so that a stop loses
 * nothing.
 *
 * @throws {IngestFault} `enrichment-invalid`, `disk-full`, `folder-unwritable`; and what the writer throws
 */
export async function enrichDocuments(settings: EnrichSettings): Promise<EnrichReport> {
  const { enrichmentFolder, writer, onProgress, signal } = settings
  const { files } = await listSources(settings.sources, settings.optionalSources)
  const waiting: Waiting[] = []
  for (const source of files) waiting.push(...(await findWaiting(source, enrichmentFolder)))
  let [paragraphs, statements, rejected, failed] = [0, 0, 0, 0]
  for (const [done, { source, request }] of waiting.entries()) {
    signal?.throwIfAborted()
    onProgress?.(done, waiting.length)
    let written: WrittenEnrichment | null
    try {
      written = await writer.write(request, signal)
    } catch (error) {
      if (!(error instanceof IngestFault) || error.code !== 'enrichment-invalid') throw error
      failed++
      continue
    }
    const text = request.paragraph.text
    const kept = (written?.statements ?? []).filter(({ quote }) => text.includes(quote))
    rejected += (written?.statements.length ?? 0) - kept.length
    statements += kept.length
    paragraphs++
    const line = {
      document: source.file,
      paragraph: text,
      statements: kept,
      summary: written?.summary ?? '',
      keywords: written?.keywords ?? [],
      writtenBy: writer.id,
    }
    try {
      await mkdir(enrichmentFolder, { recursive: true })
      await appendFile(writtenPath(enrichmentFolder, source), `${JSON.stringify(line)}\n`)
    } catch (error) {
      throw writeFault(error, enrichmentFolder)
    }
  }
  onProgress?.(waiting.length, waiting.length)
  return { paragraphs, statements, rejected, failed }
}

/** Path of the enrichment that was written for a document. */
export function writtenPath(
  enrichmentFolder: string,
  { documentId }: Pick<SourceFile, 'documentId'>,
): string {
  return join(enrichmentFolder, `${documentId}.jsonl`)
}

async function findWaiting(source: SourceFile, enrichmentFolder: string): Promise<Waiting[]> {
  try {
    const { bytes, contentHash } = await readSource(source)
    const { content, found } = await readDocument(bytes, {
      documentId: source.documentId,
      fileName: source.file,
    })
    const lines: EnrichmentLine[] = []
    for (const path of [enrichmentPath(source), writtenPath(enrichmentFolder, source)]) {
      const text = await readFile(path, 'utf8').catch(() => '')
      lines.push(...parseEnrichment(text, path))
    }
    const done = new Set(placeEnrichment(content, lines).paragraphs.map(({ paragraphId }) => paragraphId))
    // A paragraph that holds nothing to ask for has a line without statements, which is placed nowhere.
    const looked = new Set(lines.map(({ paragraph }) => paragraph))
    const byId = new Map(content.paragraphs.map(paragraph => [paragraph.id, paragraph]))
    const document = describeDocument(source, contentHash, found)
    return content.paragraphs
      .filter(({ kind, text }) => ENRICHED_KINDS.has(kind) && text.length >= SHORTEST)
      .filter(({ id, text }) => !done.has(id) && !looked.has(text))
      .map(paragraph => {
        const introduction = paragraph.parent === null ? null : (byId.get(paragraph.parent)?.text ?? null)
        return { source, request: { document, paragraph, introduction } }
      })
  } catch (error) {
    // The ledger of the ingest that follows tells about files that cannot be read.
    if (error instanceof IngestFault && error.code !== 'enrichment-invalid') return []
    throw error
  }
}
