/** `npm run ingest`: brings the index up to date, adds and removes documents, shows what is in it. See `docs/cli.md`. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type AddedFile, addDocuments, removeDocument } from '../../ingest/added-documents.js'
import { openEmbedder } from '../../ingest/embeddings.js'
import { CodedFault } from '../../ingest/faults.js'
import { indexStatistics, verifyIndex } from '../../ingest/inspect-index.js'
import type { LockHolder } from '../../ingest/lock.js'
import { openIndex } from '../../ingest/paragraph-index.js'
import { indexFolder, openAssistant } from '../assistant.js'
import { type Configuration, readConfiguration } from '../configuration.js'
import { ServerFault } from '../faults.js'
import { endWhenReaderLeaves } from './closed-pipe.js'
import { enrichText, openWriterAfterEstimate } from './enrich.js'
import { bringIndexUpToDate } from './index-up-to-date.js'
import { progressBar, reportText } from './ingest-report.js'

const OPTIONS = {
  json: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  'with-furniture': { type: 'boolean', default: false },
  'no-enrichment': { type: 'boolean', default: false },
  enrich: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const HELP = `npm run ingest                              bring the index up to date with the sources
npm run ingest -- <files or folders>        add documents (copied to DATA_DIR/documents)
npm run ingest -- remove <id>               remove a document that was added
npm run ingest -- verify                    check every byte of the index
npm run ingest -- stats                     what is in the index
npm run ingest -- search "<text>"           the best paragraphs for a text
npm run ingest -- paragraphs                every paragraph of the index

--json            JSON on standard output (with: npm run --silent ingest -- …)
--dry-run         read and report, write nothing
--force           read everything anew
--enrich          have the chat model write enrichment where there is none, after an estimate
--yes             with --enrich: do not ask after the estimate
--no-enrichment   the index without enrichment, in a folder of its own
--with-furniture  with paragraphs: also what belongs to no paragraph`

interface Flags {
  readonly json: boolean
  readonly force: boolean
  readonly dryRun: boolean
  readonly withFurniture: boolean
  readonly enrichment: boolean
  /** Whether the chat model writes enrichment where there is none. */
  readonly enrich: boolean
  /** Goes on after the estimate without asking. */
  readonly yes: boolean
}

/** Longest wait for another ingest, in milliseconds. */
const PATIENCE = 600_000

const printJson = (value: unknown) => console.log(JSON.stringify(value))

const onWait = ({ pid, host, since }: LockHolder) =>
  console.error(`Waiting for another ingest: process ${pid} on ${host}, since ${since}.`)

/**
 * Brings the index up to date and reports; `true` when every file could be ingested, or, where documents were added or
 * removed, when that succeeded.
 *
 * @param added what was added just now, empty after a document was removed; `null`: nothing of both
 */
async function runIngest(
  configuration: Configuration,
  flags: Flags,
  added: readonly AddedFile[] | null = null,
): Promise<boolean> {
  const writer = flags.enrich ? await openWriterAfterEstimate(configuration, flags) : null
  const { show, clear } = progressBar(process.stderr)
  const only = added && new Set(added.flatMap(({ documentId }) => documentId ?? []))
  try {
    const { enrichment, force, dryRun } = flags
    const report = await bringIndexUpToDate(configuration, {
      enrichment,
      force,
      dryRun,
      onProgress: show,
      onWait,
      ...(writer && { writer }),
    })
    clear()
    if (flags.json) printJson({ ...report, ...(added && added.length > 0 && { added }) })
    else {
      for (const { path, outcome, documentId, reason } of added ?? [])
        console.log(
          `${outcome}: ${path}${documentId ? ` as ${documentId}` : ''}${reason ? `: ${reason}` : ''}`,
        )
      if (added && added.length > 0) console.log()
      if (report.enriched) console.log(enrichText(report.enriched))
      console.log(reportText(report, only))
    }
    const statuses = report.documents.flatMap(({ documentId, status }) =>
      only === null || only.has(documentId) ? [status] : [],
    )
    // Without documents no question can be answered, which is not what anybody wants.
    const isEmpty = report.documents.length === 0 && only === null
    return (
      !isEmpty &&
      [...statuses, ...(added ?? []).map(({ outcome }) => outcome)].every(each => each !== 'failed')
    )
  } finally {
    clear()
  }
}

/** Makes the index when there is none, without a word on standard output. */
async function ensureIndex(configuration: Configuration, { enrichment }: Flags): Promise<void> {
  const { show, clear } = progressBar(process.stderr)
  try {
    await bringIndexUpToDate(configuration, { enrichment, onProgress: show, onWait })
  } finally {
    clear()
  }
}

async function printParagraphs(configuration: Configuration, flags: Flags): Promise<void> {
  await ensureIndex(configuration, flags)
  const index = await openIndex(indexFolder(configuration, flags), await openEmbedder(configuration))
  try {
    for (const { id: documentId, file } of await index.documents()) {
      const content = await index.content(documentId)
      if (!content) continue
      for (const { id, kind, label, headingPath, parent, page, text, spans } of content.paragraphs) {
        if (flags.json) printJson({ id, document: file, kind, label, headingPath, parent, page, text, spans })
        else console.log(`${id}  ${kind}${label ? `  ${label}` : ''}\n    ${text}\n`)
      }
      if (!flags.withFurniture) continue
      for (const { name, spans } of content.furniture) {
        if (flags.json) printJson({ kind: 'furniture', name, document: file, spans })
        else
          console.log(
            `${file}  furniture  ${name}\n    ${spans.map(([start, end]) => content.source.slice(start, end)).join(' … ')}\n`,
          )
      }
    }
  } finally {
    await index.close()
  }
}

async function search(configuration: Configuration, flags: Flags, text: string): Promise<void> {
  await ensureIndex(configuration, flags)
  const assistant = await openAssistant(configuration, flags)
  try {
    const found = await assistant.search(text, 10)
    if (flags.json) printJson({ query: text, results: found })
    else
      for (const each of found)
        console.log(`${String(each.rank).padStart(2)}  ${each.paragraphId}\n    ${each.text}\n`)
  } finally {
    await assistant.close()
  }
}

async function verify(configuration: Configuration, flags: Flags): Promise<boolean> {
  const report = await verifyIndex(indexFolder(configuration, flags), await openEmbedder(configuration))
  if (flags.json) printJson(report)
  else {
    for (const complaint of report.complaints) console.log(complaint)
    console.log(
      report.complaints.length === 0
        ? `Whole: ${report.documents} documents, ${report.paragraphs} paragraphs, ${report.files} files, ${(report.bytes / 1e6).toFixed(1)} MB.`
        : `${report.complaints.length} complaints. Make the index anew with: npm run ingest -- --force`,
    )
  }
  return report.complaints.length === 0
}

async function stats(configuration: Configuration, flags: Flags): Promise<void> {
  const statistics = await indexStatistics(indexFolder(configuration, flags))
  if (flags.json) printJson(statistics)
  else
    for (const [name, value] of Object.entries(statistics))
      console.log(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
}

async function remove(configuration: Configuration, flags: Flags, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0)
    throw new ServerFault('request-invalid', 'Say which document: npm run ingest -- remove <id>')
  const { sources, dataDirectory } = configuration
  for (const id of ids)
    await removeDocument(id, join(dataDirectory, 'documents'), {
      sources,
      dryRun: flags.dryRun,
      patience: PATIENCE,
      onWait,
    })
  return runIngest(configuration, flags, [])
}

async function add(configuration: Configuration, flags: Flags, paths: readonly string[]): Promise<boolean> {
  const { sources, dataDirectory } = configuration
  const added = await addDocuments(paths, join(dataDirectory, 'documents'), {
    sources,
    dryRun: flags.dryRun,
    patience: PATIENCE,
    onWait,
  })
  return runIngest(configuration, flags, added)
}

/** Does what the words on the command line ask; `true` when it succeeded. */
async function run(configuration: Configuration, words: readonly string[], flags: Flags): Promise<boolean> {
  const [command, ...rest] = words
  if (command === undefined) return runIngest(configuration, flags)
  if (command === 'verify') return verify(configuration, flags)
  if (command === 'remove') return remove(configuration, flags, rest)
  if (command === 'stats') await stats(configuration, flags)
  else if (command === 'paragraphs') await printParagraphs(configuration, flags)
  else if (command === 'search') await search(configuration, flags, rest.join(' '))
  else return add(configuration, flags, words)
  return true
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS })
  if (values.help) {
    console.log(HELP)
    return
  }
  endWhenReaderLeaves()
  const succeeded = await run(readConfiguration(), positionals, {
    json: values.json,
    force: values.force,
    dryRun: values['dry-run'],
    withFurniture: values['with-furniture'],
    enrichment: !values['no-enrichment'],
    enrich: values.enrich,
    yes: values.yes,
  })
  if (!succeeded) process.exitCode = 1
}

main().catch(error => {
  if (process.argv.includes('--json') && error instanceof CodedFault)
    printJson({ error: { code: error.code, message: error.message } })
  console.error(
    error instanceof CodedFault || (error instanceof TypeError && 'code' in error) ? error.message : error,
  )
  process.exitCode = 1
})
