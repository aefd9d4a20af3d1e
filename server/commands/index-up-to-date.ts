/** Brings the index of the data folder up to date before a command answers questions. */
import { join } from 'node:path'
import { openEmbedder } from '../../ingest/embeddings.js'
import { type IngestReport, ingest, reportWhenCurrent } from '../../ingest/ingest.js'
import type { IngestOptions } from '../../ingest/ingest-options.js'
import { ingestInThread } from '../../ingest/ingest-thread.js'
import { openKeptLexicon } from '../../ingest/kept-lexicon.js'
import { type AssistantOptions, indexFolder } from '../assistant.js'
import type { Configuration } from '../configuration.js'

/** Longest wait for an ingest that is running already, in milliseconds. */
const PATIENCE = 600_000

/** Settings of one run beside the configuration. */
export type IngestSettings = AssistantOptions &
  Pick<IngestOptions, 'force' | 'dryRun' | 'onProgress' | 'onWait' | 'signal' | 'writer'> & {
    /** Ingests in a thread of its own, so that this one goes on answering; not together with `writer`. */
    readonly inThread?: boolean
  }

/** Ingests the sources when the index is missing, stale or damaged; quick when nothing has to be done. */
export async function bringIndexUpToDate(
  configuration: Configuration,
  { enrichment = true, inThread = false, writer, ...settings }: IngestSettings = {},
): Promise<IngestReport> {
  const { dataDirectory, embeddings, openai, ollama } = configuration
  const cacheFolder = join(dataDirectory, 'embeddings')
  const options = {
    sources: configuration.sources,
    addedFolder: join(dataDirectory, 'documents'),
    enrichmentFolder: join(dataDirectory, 'enrichment'),
    indexFolder: indexFolder(configuration, { enrichment }),
    threads: { embedder: { embeddings, openai, ollama }, cacheFolder },
    enrichment,
    patience: PATIENCE,
    ...settings,
  }
  const embedder = await openEmbedder(configuration, { cacheFolder })
  const report = inThread
    ? ((await reportWhenCurrent({ ...options, embedder })) ?? (await ingestInThread(options)))
    : await ingest({ ...options, embedder, ...(writer && { writer }) })
  if (!settings.dryRun) await openKeptLexicon(join(dataDirectory, 'lexicon.json'))
  return report
}
