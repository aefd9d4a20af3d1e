/** The ingest: from source folders to a current index, doing only what changed. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bringAll } from './bring-files.js'
import { sha256, writeFault } from './durable-files.js'
import { type EnrichReport, enrichDocuments } from './enrich.js'
import { DamagedPart, type StoredPart } from './index-part.js'
import { LOCK_FILE, removeLeftovers, removeOldParts, tidy } from './index-tidying.js'
import { writeParts } from './index-writer.js'
import type { IngestOptions } from './ingest-options.js'
import { inputsPrefix, makePlan, type Plan, removedDocuments, unchangedRecords } from './ingest-plan.js'
import { type LedgerEntry, type LedgerRecord, toEntry, writeLedger } from './ledger.js'
import { acquireLock, type Lock } from './lock.js'
import { findVersions, versionWarning } from './resemblance.js'

/** What an ingest did. */
export interface IngestReport {
  /** Whether a new index was written; `false` when nothing had changed. */
  readonly written: boolean
  /** One for each file, in the order of the catalogue. */
  readonly documents: readonly LedgerEntry[]
  /** What a chat model wrote; `null` when none was asked. */
  readonly enriched: EnrichReport | null
  /** Documents that were in the index and are gone from the sources. */
  readonly removed: readonly { readonly file: string; readonly documentId: string }[]
  /** What a person should know besides the single files, in English. */
  readonly warnings: readonly string[]
  /** Time it took, in milliseconds. */
  readonly milliseconds: number
}

/**
 * Vectors from which the graph of the index is changed instead of built anew: below, building takes seconds, and the index
 * equals that of a full ingest byte for byte.
 */
const LEAST_TO_CHANGE = 20_000

/**
 * Brings the index up to date with the sources. Files that cannot be ingested are entries of the report; of such a file the
 * last good version stays in the index.
 *
 * @throws {IngestFault} `source-missing`, `source-unreadable`, `manifest-invalid` for a folder as a whole; `index-locked`,
 *   `disk-full`, `folder-unwritable`, `embedder-unavailable`, `embedder-invalid`. The old index then stays as it was.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const started = performance.now()
  const enriched = options.dryRun ? null : await enrich(options)
  const report = (written: boolean, plan: Plan, records: readonly LedgerRecord[]) =>
    reportOf(plan, records, { written, enriched, started })
  const plan = await makePlan(options)
  if (plan.isCurrent) {
    if (!options.dryRun) await tidy(options.indexFolder)
    return report(false, plan, unchangedRecords(plan))
  }
  if (options.dryRun) {
    const records: LedgerRecord[] = []
    for await (const { record } of bringAll(plan, options, false)) records.push(record)
    return report(false, plan, records)
  }
  const lock = await acquireLock(join(options.indexFolder, LOCK_FILE), {
    patience: options.patience ?? 0,
    ...(options.onWait && { onWait: options.onWait }),
    ...(options.signal && { signal: options.signal }),
  })
  try {
    // Another ingest may have done the work while this one waited.
    const planNow = await makePlan(options)
    if (planNow.isCurrent) return report(false, planNow, unchangedRecords(planNow))
    await removeLeftovers(options.indexFolder)
    return report(true, planNow, await carryOut(planNow, options, lock))
  } catch (error) {
    throw writeFault(error, options.indexFolder)
  } finally {
    await lock.release()
  }
}

/**
 * What `ingest` would report when nothing has to be done; `null` when something has. Quick.
 *
 * @throws {IngestFault} `source-missing`, `source-unreadable`, `manifest-invalid` for a folder as a whole
 */
export async function reportWhenCurrent(
  options: Omit<IngestOptions, 'writer'>,
): Promise<IngestReport | null> {
  const started = performance.now()
  const plan = await makePlan(options)
  if (!plan.isCurrent) return null
  await tidy(options.indexFolder)
  return reportOf(plan, unchangedRecords(plan), { written: false, enriched: null, started })
}

function reportOf(
  plan: Plan,
  records: readonly LedgerRecord[],
  { written, enriched, started }: Pick<IngestReport, 'written' | 'enriched'> & { readonly started: number },
): IngestReport {
  return {
    written,
    enriched,
    documents: records.map(toEntry),
    removed: removedDocuments(plan),
    warnings: [...plan.catalogue.warnings, ...versionWarnings(records)],
    milliseconds: Math.round(performance.now() - started),
  }
}

function versionWarnings(records: readonly LedgerRecord[]): string[] {
  const sketched = records.flatMap(({ documentId, figures }) =>
    figures ? [{ documentId, documentNumber: figures.documentNumber, sketch: figures.sketch }] : [],
  )
  return findVersions(sketched).map(versionWarning)
}

async function enrich(options: IngestOptions): Promise<EnrichReport | null> {
  const { writer, enrichmentFolder, sources, addedFolder, onProgress, signal } = options
  if (!writer || enrichmentFolder === undefined) return null
  return enrichDocuments({
    sources,
    optionalSources: addedFolder === undefined ? [] : [addedFolder],
    enrichmentFolder,
    writer,
    onProgress: (done, total) =>
      onProgress?.({ phase: 'enrichment', done, total, bytesDone: 0, bytesTotal: 0 }),
    ...(signal && { signal }),
  })
}

/** Does what the plan says, and makes the result the current index. */
async function carryOut(plan: Plan, options: IngestOptions, lock: Lock): Promise<readonly LedgerRecord[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeIndexOf(plan, options, lock)
    } catch (error) {
      // A part that was damaged on disk is made anew.
      if (!(error instanceof DamagedPart) || attempt > 3) throw error
      await rm(error.path, { force: true })
    }
  }
}

async function writeIndexOf(
  plan: Plan,
  options: IngestOptions,
  lock: Lock,
): Promise<readonly LedgerRecord[]> {
  const { indexFolder, embedder, onProgress } = options
  const records: LedgerRecord[] = []
  async function* parts(): AsyncGenerator<StoredPart> {
    for await (const { record, part } of bringAll(plan, options, true)) {
      records.push(record)
      if (part) yield part
    }
  }
  let inputs = ''
  await writeParts(indexFolder, parts(), {
    embedder,
    inputs: () => {
      inputs = inputsPrefix(options) + sha256(JSON.stringify(records.map(({ partKey }) => partKey)))
      return inputs
    },
    expectedVectors: plan.files.reduce((sum, { known }) => sum + (known?.figures?.vectors ?? 100), 0),
    ...(!options.force && { leastToChange: options.leastToChange ?? LEAST_TO_CHANGE }),
    beforeSwap: () => lock.assertHeld(),
    onProgress: ({ phase, done, total }) => {
      if (phase === 'search files')
        onProgress?.({ phase, done, total: total ?? done, bytesDone: 0, bytesTotal: 0 })
    },
  })
  await writeLedger(indexFolder, { writtenAt: Date.now(), inputs, records })
  await removeOldParts(indexFolder, new Set(records.flatMap(({ partKey }) => partKey ?? [])))
  return records
}
