/** Brings the index of the data folder up to date before a command answers questions. */

import { openEmbedder } from '../../ingest/embeddings.js'
import { type IngestReport, ingest } from '../../ingest/ingest.js'
import { type AssistantOptions, indexFolder } from '../assistant.js'
import type { Configuration } from '../configuration.js'

/** Ingests the sources when the index is missing or stale; quick when nothing changed. */
export async function bringIndexUpToDate(
  configuration: Configuration,
  options: AssistantOptions & {
    readonly force?: boolean
    readonly onProgress?: (done: number, total: number) => void
  } = {},
): Promise<IngestReport> {
  return ingest({
    sources: configuration.sources,
    indexFolder: indexFolder(configuration, options),
    embedder: await openEmbedder(configuration),
    enrichment: options.enrichment ?? true,
    force: options.force ?? false,
    ...(options.onProgress && { onProgress: options.onProgress }),
  })
}
