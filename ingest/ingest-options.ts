/** What an ingest is told, and what it tells while it works. */
import type { WorkerData } from './document-workers.js'
import type { Embedder } from './embedder.js'
import type { EnrichmentWriter } from './enrich.js'
import type { LockHolder } from './lock.js'

/** What to ingest and where to. */
export interface IngestOptions {
  /** Absolute folders. */
  readonly sources: readonly string[]
  /** Absolute folder of documents added by hand; it need not exist. */
  readonly addedFolder?: string
  /** Absolute folder of enrichment written by a chat model, one file per document id; it need not exist. */
  readonly enrichmentFolder?: string
  /** Folder of the index. */
  readonly indexFolder: string
  readonly embedder: Embedder
  /** How threads open the same embedder; absent: everything is done in this thread. */
  readonly threads?: WorkerData
  /** Writes enrichment for paragraphs that have none, before they are ingested; needs `enrichmentFolder`. */
  readonly writer?: EnrichmentWriter
  /** Whether enrichment files are used; `false` makes an index as for a new document. */
  readonly enrichment: boolean
  /** Vectors from which the graph is changed instead of built anew; for tests. */
  readonly leastToChange?: number
  /** Reads everything anew even when nothing changed. */
  readonly force?: boolean
  /** Reads what changed and reports it, but writes nothing. */
  readonly dryRun?: boolean
  /** Longest wait for another ingest, in milliseconds; 0 does not wait. */
  readonly patience?: number
  /** Called when another ingest has to be waited for. */
  readonly onWait?: (holder: LockHolder) => void
  readonly onProgress?: (progress: IngestProgress) => void
  readonly signal?: AbortSignal
}

/** How far an ingest is. */
export interface IngestProgress {
  readonly phase: 'enrichment' | 'documents' | 'search files'
  readonly done: number
  readonly total: number
  /** Bytes of the source files that are done and to do; 0 in the other phases. */
  readonly bytesDone: number
  readonly bytesTotal: number
}
