/** One ingest in a process of its own: folders of sources and index as arguments, `--force`; prints the fault as JSON. */
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import { IngestFault } from '../../ingest/faults.js'
import { ingest } from '../../ingest/ingest.js'

const [sources = '', indexFolder = '', force] = process.argv.slice(2)
try {
  await ingest({
    sources: [sources],
    indexFolder,
    embedder: openEmbeddedEmbedder(),
    enrichment: true,
    force: force === '--force',
  })
} catch (error) {
  if (!(error instanceof IngestFault)) throw error
  console.log(JSON.stringify({ code: error.code, message: error.message }))
  process.exitCode = 1
}
