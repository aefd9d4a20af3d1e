/** One ingest in a process of its own, to be killed. Folders of sources and index as arguments; says when it begins. */
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import { ingest } from '../../ingest/ingest.js'

const [sources = '', indexFolder = ''] = process.argv.slice(2)
// Loaded now, so that the tables of the analysis are not read within the time that is measured.
const embedder = openEmbeddedEmbedder()
await embedder.embedQuery('Vindplaats')
process.send?.('begin')
await ingest({ sources: [sources], indexFolder, embedder, enrichment: true })
process.send?.('end')
process.disconnect?.()
