/** Opens the configured embedder. The only file that knows providers of embedding models. */
import { openEmbeddedEmbedder } from '../ingest/embedded-embedder.js'
import type { Embedder } from '../ingest/embedder.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'

/** Opens the embedder that the configuration names. */
export async function openEmbedder(configuration: Configuration): Promise<Embedder> {
  if (configuration.embeddings.provider === 'embedded') return openEmbeddedEmbedder()
  throw new ServerFault(
    'configuration-invalid',
    `EMBEDDINGS=${configuration.embeddings.provider} is not built yet.`,
  )
}
