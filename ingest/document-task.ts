/** The work on one file: read, placed enrichment, analysed, embedded, stored as a part. Runs in any thread. */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describeDocument, readSource, type SourceFile } from './catalogue.js'
import { writeFault } from './durable-files.js'
import type { Embedder } from './embedder.js'
import { type EnrichmentLine, parseEnrichment, placeEnrichment } from './enrichment.js'
import { IngestFault, type IngestFaultCode } from './faults.js'
import { buildPart, storePart } from './index-part.js'
import { countContent, type DocumentFigures } from './ledger.js'
import { readDocument } from './read-document.js'
import { sketchOf } from './resemblance.js'

/** One file to work on. Plain data, so that it can be sent to another thread. */
export interface DocumentTask {
  readonly source: Omit<SourceFile, 'fault'>
  /** Enrichment files, in the order in which they are placed. */
  readonly enrichment: readonly string[]
  /** Where the part goes; `null` only reads, and stores nothing. */
  readonly partPath: string | null
}

/** What a part is stored with, so that the ledger can be written without reading the document again. */
export interface PartAbout {
  readonly figures: DocumentFigures
  /** Problems a person should know of, in English. */
  readonly warnings: readonly string[]
}

/** What became of it. */
export type DocumentResult =
  | ({ readonly outcome: 'read'; readonly milliseconds: number } & PartAbout)
  | {
      readonly outcome: 'failed'
      readonly code: IngestFaultCode
      readonly reason: string
      readonly milliseconds: number
    }

/** Faults that are not the file's own: they stop the ingest. */
const COMMON_FAULTS: ReadonlySet<IngestFaultCode> = new Set([
  'embedder-unavailable',
  'embedder-invalid',
  'disk-full',
  'folder-unwritable',
])

/**
 * Works on one file. A fault of the file is a value.
 *
 * @throws {IngestFault} `embedder-unavailable`, `embedder-invalid`, `disk-full`, `folder-unwritable`
 */
export async function workOn(
  task: DocumentTask,
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<DocumentResult> {
  const started = performance.now()
  const elapsed = () => Math.round(performance.now() - started)
  try {
    const about = await makePart(task, embedder, signal)
    return { outcome: 'read', ...about, milliseconds: elapsed() }
  } catch (error) {
    signal?.throwIfAborted()
    const fault = writeFault(error, task.partPath === null ? '' : dirname(task.partPath))
    if (fault instanceof IngestFault) {
      if (COMMON_FAULTS.has(fault.code)) throw fault
      return { outcome: 'failed', code: fault.code, reason: fault.message, milliseconds: elapsed() }
    }
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return {
      outcome: 'failed',
      code: 'format-damaged',
      reason: `${task.source.path} could not be read (${what}). Open it in its program, save it anew and try again; if it stays, report it with the file.`,
      milliseconds: elapsed(),
    }
  }
}

async function makePart(task: DocumentTask, embedder: Embedder, signal?: AbortSignal): Promise<PartAbout> {
  const { source } = task
  const { bytes, contentHash } = await readSource({ ...source, fault: null })
  const { content, found, format } = await readDocument(bytes, {
    documentId: source.documentId,
    fileName: source.file,
  })
  const lines: EnrichmentLine[] = []
  for (const path of task.enrichment) lines.push(...parseEnrichment(await readFile(path, 'utf8'), path))
  const placed = placeEnrichment(content, lines)
  const document = describeDocument({ ...source, fault: null }, contentHash, found)
  const statements = placed.paragraphs.flatMap(paragraph => paragraph.statements)
  const questions = statements.reduce((sum, statement) => sum + statement.questions.length, 0)
  const warnings = [...content.warnings]
  if (content.paragraphs.length === 0) warnings.push('no paragraph was found in it')
  const part =
    task.partPath === null
      ? null
      : await buildPart([{ document, content, enrichment: placed.paragraphs }], embedder, signal)
  const about: PartAbout = {
    figures: {
      format,
      title: document.title,
      documentNumber: document.documentNumber,
      ...countContent(content),
      statements: statements.length,
      unplacedEnrichment: placed.unplaced,
      vectors: content.paragraphs.length + (part?.vectors.questions.length ?? questions),
      sketch: sketchOf(content),
    },
    warnings,
  }
  if (task.partPath !== null && part) await storePart(task.partPath, part, embedder.dimensions, about)
  return about
}
