/** The ingest: from source folders to a current index. */
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { ANALYZER_VERSION } from './analysis.js'
import { describeDocument, documentId, listSources, type SourceFile } from './catalogue.js'
import type { IndexableDocument } from './corpus-store.js'
import type { Embedder } from './embedder.js'
import { parseEnrichment, placeEnrichment } from './enrichment.js'
import { IngestFault } from './faults.js'
import { readIndexManifest, writeIndex } from './paragraph-index.js'
import { readDocument } from './read-document.js'

/** What to ingest and where to. */
export interface IngestOptions {
  readonly sources: readonly string[]
  /** Folder of the index. */
  readonly indexFolder: string
  readonly embedder: Embedder
  /** Whether enrichment files are used; `false` makes an index as for a new document. */
  readonly enrichment: boolean
  /** Writes anew even when nothing changed. */
  readonly force?: boolean
  readonly onProgress?: (done: number, total: number) => void
}

/** What became of one file. */
export interface IngestedDocument {
  readonly file: string
  readonly documentId: string
  readonly paragraphs: number
  readonly pages: number | null
  readonly furniture: number
  readonly repairedWords: number
  readonly unplacedEnrichment: readonly string[]
}

/** What an ingest did. */
export interface IngestReport {
  /** Whether a new index was written; `false` when nothing had changed. */
  readonly written: boolean
  readonly documents: readonly IngestedDocument[]
}

function inputsHash(sources: readonly SourceFile[], options: IngestOptions): string {
  const hash = createHash('sha256').update(`${ANALYZER_VERSION} ${options.embedder.id} ${options.enrichment}`)
  for (const source of sources) {
    hash.update(JSON.stringify([source.file, source.contentHash, source.manifestEntry]))
    if (options.enrichment) hash.update(source.enrichment ?? '')
  }
  return hash.digest('hex')
}

/**
 * Brings the index up to date with the sources.
 *
 * @throws {IngestFault} for a source that cannot be read and for an index that cannot be written
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const sources = (await Promise.all(options.sources.map(listSources))).flat()
  const inputs = inputsHash(sources, options)
  const current = await readIndexManifest(options.indexFolder).catch(() => null)
  if (!options.force && current?.inputs === inputs) return { written: false, documents: [] }
  const documents: IndexableDocument[] = []
  const report: IngestedDocument[] = []
  for (const source of sources) {
    const id = documentId(source)
    if (source.bytes.length === 0)
      throw new IngestFault(
        'source-empty',
        `${source.path} is empty. Restore the file or take it out of the manifest.`,
      )
    const { content, found } = await readDocument(source.bytes, { documentId: id, fileName: source.file })
    const lines =
      options.enrichment && source.enrichment
        ? parseEnrichment(source.enrichment, `${source.file} (enrichment)`)
        : []
    const placed = placeEnrichment(content, lines)
    documents.push({ document: describeDocument(source, found), content, enrichment: placed.paragraphs })
    report.push({
      file: source.file,
      documentId: id,
      paragraphs: content.paragraphs.length,
      pages: content.pages,
      furniture: content.furniture.length,
      repairedWords: content.repairedWords,
      unplacedEnrichment: placed.unplaced,
    })
  }
  await mkdir(options.indexFolder, { recursive: true })
  await writeIndex(options.indexFolder, documents, options.embedder, { inputs })
  return { written: true, documents: report }
}
