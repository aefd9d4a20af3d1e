/** Brings the files of a plan: with the part that each has, or with one that is made now, in threads when that pays. */
import { type DocumentResult, type DocumentTask, type PartAbout, workOn } from './document-task.js'
import { DocumentWorkers } from './document-workers.js'
import { StoredPart } from './index-part.js'
import { openPart, pathOfPart } from './index-tidying.js'
import type { IngestOptions } from './ingest-options.js'
import { isUnchanged, type Plan, type PlannedFile } from './ingest-plan.js'
import type { LedgerEntry, LedgerRecord } from './ledger.js'

/** A file as the ledger will have it, with its part; `null` when nothing of it goes into the index. */
export interface BroughtFile {
  readonly record: LedgerRecord
  readonly part: StoredPart | null
}

/** Bytes of files to work on from which starting threads pays. */
const ENOUGH_FOR_THREADS = 2_000_000

/** Files that are begun ahead per thread, so that none waits for the next. */
const AHEAD_PER_THREAD = 4

/** Brings every file of the plan, in order; works on those without a usable part. */
export async function* bringAll(
  plan: Plan,
  options: IngestOptions,
  store: boolean,
): AsyncGenerator<BroughtFile> {
  const { indexFolder, embedder, force = false, onProgress, signal } = options
  const total = plan.files.length
  const sum = (files: readonly PlannedFile[]) =>
    files.reduce((bytes, { source }) => bytes + (source.facts?.size ?? 0), 0)
  const bytesTotal = sum(plan.files)
  const toDo = sum(plan.files.filter(file => force || !isUnchanged(file)))
  const workers = options.threads && toDo > ENOUGH_FOR_THREADS ? new DocumentWorkers(options.threads) : null
  const ahead = workers ? workers.size * AHEAD_PER_THREAD : 1
  const work = (task: DocumentTask) => workers?.work(task) ?? workOn(task, embedder, signal)
  const underWay: Promise<BroughtFile>[] = []
  const originals = new Map<string, Promise<BroughtFile>>()
  let [next, bytesDone] = [0, 0]
  try {
    for (const [at, { source }] of plan.files.entries()) {
      for (; next < total && next < at + ahead; next++) {
        const file = plan.files[next] as PlannedFile
        const original = file.duplicateOf ? originals.get(file.duplicateOf.path) : undefined
        const brought = bring(file, original, indexFolder, force, store, work)
        originals.set(file.source.path, brought)
        // Looked at when its turn comes; until then a fault must not end the process.
        brought.catch(() => {})
        underWay[next] = brought
      }
      signal?.throwIfAborted()
      yield await (underWay[at] as Promise<BroughtFile>)
      delete underWay[at]
      bytesDone += source.facts?.size ?? 0
      onProgress?.({ phase: 'documents', done: at + 1, total, bytesDone, bytesTotal })
    }
  } finally {
    await workers?.close()
  }
}

/** Brings one file: with the part that it has, or with one made now. */
async function bring(
  file: PlannedFile,
  original: Promise<BroughtFile> | undefined,
  indexFolder: string,
  force: boolean,
  store: boolean,
  work: (task: DocumentTask) => Promise<DocumentResult>,
): Promise<BroughtFile> {
  const { source, known, key, contentHash, enrichment, duplicateOf } = file
  const { fault, ...plainSource } = source
  const common = {
    file: source.file,
    path: source.path,
    documentId: source.documentId,
    bytes: source.facts?.size ?? null,
    facts: source.facts,
    contentHash,
    enrichment,
    key,
  }
  const failed = (code: LedgerEntry['code'], reason: string, milliseconds: number): BroughtFile => {
    const keptKey = known?.documentId === source.documentId ? known.partKey : null
    const part = keptKey === null ? null : openPart(indexFolder, keptKey)
    const kept = part ? ` The version that was read before stays in the index.` : ''
    return {
      part,
      record: {
        ...common,
        status: 'failed',
        change: part ? 'kept' : 'none',
        code,
        reason: reason.endsWith(kept) ? reason : reason + kept,
        figures: part ? (known?.figures ?? null) : null,
        milliseconds,
        partKey: part ? keptKey : null,
      },
    }
  }
  const planned = file.fault ?? fault
  if (planned || key === null) return failed(planned?.code ?? null, planned?.message ?? '', 0)
  if (duplicateOf && (await original)?.record.figures) {
    const reason = `The same as ${duplicateOf.path}, byte for byte, so it is found once, as ${duplicateOf.documentId}. Remove one of the two.`
    const nothing = { code: null, figures: null, milliseconds: 0, partKey: null }
    return { part: null, record: { ...common, ...nothing, status: 'ok', change: 'duplicate', reason } }
  }
  const isKnown = known?.key === key && known.documentId === source.documentId
  if (!force && isKnown && known.status === 'failed')
    return failed(known.code, known.reason ?? '', known.milliseconds)
  const read = ({ figures, warnings }: PartAbout, milliseconds: number, isNew: boolean): LedgerRecord => ({
    ...common,
    status: warnings.length > 0 ? 'partial' : 'ok',
    change: isNew ? (known?.partKey ? 'changed' : 'new') : 'unchanged',
    code: null,
    reason: warnings.length > 0 ? warnings.join('; ') : null,
    figures,
    milliseconds,
    partKey: key,
  })
  const stored = force ? null : openPart(indexFolder, key)
  // A part that the ledger does not know was finished by an ingest that was interrupted.
  if (stored)
    return {
      part: stored,
      record: read(stored.about as PartAbout, isKnown ? known.milliseconds : 0, known?.partKey !== key),
    }
  const partPath = store ? pathOfPart(indexFolder, key) : null
  const result = await work({ source: plainSource, enrichment: enrichment.map(({ path }) => path), partPath })
  if (result.outcome === 'failed') return failed(result.code, result.reason, result.milliseconds)
  return {
    part: partPath === null ? null : StoredPart.open(partPath),
    record: read(result, result.milliseconds, true),
  }
}
