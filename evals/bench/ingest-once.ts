/**
 * One step of `bench -- ingest` in a process of its own, so that its peak of memory is its own: `ingest` brings the index up to
 * date, `open` opens it and searches. Step, folder of texts and data folder as arguments, JSON out.
 */
import { totalParagraphs } from '../../ingest/ledger.js'
import { openAssistant } from '../../server/assistant.js'
import { bringIndexUpToDate } from '../../server/commands/index-up-to-date.js'
import { readConfigurationWith } from '../../server/configuration.js'

const [step, texts = '', data = ''] = process.argv.slice(2)
const configuration = { ...readConfigurationWith({}), sources: [texts], dataDirectory: data }

/** Questions that are asked of the open index, and how many words of a paragraph each takes. */
const QUESTIONS = 100
const WORDS = 7

// `maxRSS` is in kibibytes.
const peakBytes = () => process.resourceUsage().maxRSS * 1024

async function ingestOnce() {
  const started = performance.now()
  const { documents } = await bringIndexUpToDate(configuration)
  const seconds = (performance.now() - started) / 1000
  const paragraphs = documents.reduce(
    (sum, document) => sum + (document.figures ? totalParagraphs(document.figures) : 0),
    0,
  )
  return { seconds, paragraphs, peakBytes: peakBytes() }
}

async function openOnce() {
  const started = performance.now()
  const assistant = await openAssistant(configuration)
  const openSeconds = (performance.now() - started) / 1000
  const documents = await assistant.documents()
  const milliseconds: number[] = []
  for (let question = 0; question < QUESTIONS; question++) {
    const { id } = documents[
      Math.floor((question * documents.length) / QUESTIONS)
    ] as (typeof documents)[number]
    const paragraphs = (await assistant.document(id))?.content.paragraphs ?? []
    const text = paragraphs[(question * 7) % paragraphs.length]?.text ?? id
    const asked = text.split(' ').slice(0, WORDS).join(' ')
    const begun = performance.now()
    await assistant.search(asked.slice(0, 200), 10)
    milliseconds.push(performance.now() - begun)
  }
  milliseconds.sort((one, other) => one - other)
  const at = (share: number) => milliseconds[Math.floor(share * milliseconds.length)] as number
  await assistant.close()
  return {
    openSeconds,
    searchMedian: at(0.5),
    searchP95: at(0.95),
    residentBytes: process.memoryUsage().rss,
  }
}

console.log(JSON.stringify(step === 'open' ? await openOnce() : await ingestOnce()))
