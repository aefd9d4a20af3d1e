/** `npm run ingest`: brings the index up to date and shows what became of each document. See `docs/cli.md`. */
import { parseArgs } from 'node:util'
import { CodedFault } from '../../ingest/faults.js'
import type { IngestedDocument } from '../../ingest/ingest.js'
import { openAssistant } from '../assistant.js'
import { readConfiguration } from '../configuration.js'
import { bringIndexUpToDate } from './index-up-to-date.js'

function printTable(documents: readonly IngestedDocument[]): void {
  console.table(
    documents.map(({ file, pages, paragraphs, furniture, repairedWords, unplacedEnrichment }) => ({
      file,
      pages: pages ?? '–',
      paragraphs,
      furniture,
      'repaired words': repairedWords,
      'enrichment not placed': unplacedEnrichment.length,
    })),
  )
}

async function printParagraphs(withFurniture: boolean, enrichment: boolean): Promise<void> {
  const assistant = await openAssistant(readConfiguration(), { enrichment })
  try {
    for (const { id: documentId, file } of await assistant.documents()) {
      const found = await assistant.document(documentId)
      if (!found) continue
      for (const { id, kind, label, headingPath, parent, page, text, spans } of found.content.paragraphs) {
        console.log(
          JSON.stringify({ id, document: file, kind, label, headingPath, parent, page, text, spans }),
        )
      }
      if (!withFurniture) continue
      for (const { name, spans } of found.content.furniture)
        console.log(JSON.stringify({ kind: 'furniture', name, document: file, spans }))
    }
  } finally {
    await assistant.close()
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      'with-furniture': { type: 'boolean', default: false },
      'no-enrichment': { type: 'boolean', default: false },
    },
  })
  const enrichment = !values['no-enrichment']
  const progress = process.stderr.isTTY
    ? (done: number, total: number) => process.stderr.write(`\r${done} of ${total} texts embedded `)
    : undefined
  const { written, documents } = await bringIndexUpToDate(readConfiguration(), {
    enrichment,
    force: values.force,
    ...(progress && { onProgress: progress }),
  })
  if (positionals[0] === 'paragraphs') {
    await printParagraphs(values['with-furniture'], enrichment)
    return
  }
  if (values.json) for (const document of documents) console.log(JSON.stringify(document))
  else if (written) printTable(documents)
  else console.log('Nothing had changed.')
}

main().catch(error => {
  console.error(error instanceof CodedFault ? error.message : error)
  process.exitCode = 1
})
