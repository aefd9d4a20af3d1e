/** Brings the index of the data folder up to date before a command answers questions. */
import { join } from 'node:path'
import { openEmbedder } from '../../ingest/embeddings.js'
import { type IngestOptions, type IngestReport, ingest } from '../../ingest/ingest.js'
import { type AssistantOptions, indexFolder } from '../assistant.js'
import type { Configuration } from '../configuration.js'

/** Longest wait for an ingest that is running already, in milliseconds. */
const PATIENCE = 600_000

/** Settings of one run beside the configuration. */
export type IngestSettings = AssistantOptions &
  Pick<IngestOptions, 'force' | 'dryRun' | 'onProgress' | 'onWait' | 'signal'>

/** Ingests the sources when the index is missing or stale; quick when nothing changed. */
export async function bringIndexUpToDate(
  configuration: Configuration,
  { enrichment = true, ...settings }: IngestSettings = {},
): Promise<IngestReport> {
  const { dataDirectory, embeddings, openai, ollama } = configuration
  const cacheFolder = join(dataDirectory, 'embeddings')
  return ingest({
    sources: configuration.sources,
    addedFolder: join(dataDirectory, 'documents'),
    enrichmentFolder: join(dataDirectory, 'enrichment'),
    indexFolder: indexFolder(configuration, { enrichment }),
    embedder: await openEmbedder(configuration, { cacheFolder }),
    threads: { embedder: { embeddings, openai, ollama }, cacheFolder },
    enrichment,
    patience: PATIENCE,
    ...settings,
  })
}
