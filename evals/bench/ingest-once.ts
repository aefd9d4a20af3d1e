/** One ingest in a process of its own, for `bench -- ingest`: folder of texts and data folder as arguments, JSON out. */
import { totalParagraphs } from '../../ingest/ledger.js'
import { bringIndexUpToDate } from '../../server/commands/index-up-to-date.js'
import { readConfigurationWith } from '../../server/configuration.js'

const [texts = '', data = ''] = process.argv.slice(2)
const configuration = { ...readConfigurationWith({}), sources: [texts], dataDirectory: data }
const started = performance.now()
const { documents } = await bringIndexUpToDate(configuration)
const seconds = (performance.now() - started) / 1000
const paragraphs = documents.reduce(
  (sum, document) => sum + (document.figures ? totalParagraphs(document.figures) : 0),
  0,
)
// `maxRSS` is in kibibytes.
console.log(JSON.stringify({ seconds, paragraphs, peakBytes: process.resourceUsage().maxRSS * 1024 }))
