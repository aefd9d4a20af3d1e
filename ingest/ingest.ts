/** The ingest: from source folders to a current index, doing only what changed. */
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ANALYZER_VERSION } from './analysis.js'
import {
  alteredFault,
  type Catalogue,
  enrichmentPath,
  listSources,
  readSource,
  type SourceFile,
} from './catalogue.js'
import { codeVersion } from './code-version.js'
import { type DocumentResult, type DocumentTask, type PartAbout, workOn } from './document-task.js'
import { DocumentWorkers, type WorkerData } from './document-workers.js'
import { sha256, UNFINISHED, writeFault } from './durable-files.js'
import type { Embedder } from './embedder.js'
import { type EnrichmentWriter, type EnrichReport, enrichDocuments, writtenPath } from './enrich.js'
import { IngestFault } from './faults.js'
import { DamagedPart, StoredPart } from './index-part.js'
import {
  type EnrichmentRecord,
  isSameFile,
  type Ledger,
  type LedgerEntry,
  type LedgerRecord,
  readLedger,
  toEntry,
  writeLedger,
} from './ledger.js'
import { acquireLock, type Lock, type LockHolder } from './lock.js'
import { FORMAT_VERSION, findWholeIndex, writeParts } from './paragraph-index.js'
import { findVersions, versionWarning } from './resemblance.js'

/** What to ingest and where to. */
export interface IngestOptions {
  /** Absolute folders. */
  readonly sources: readonly string[]
  /** Absolute folder of documents added by hand; it need not exist. */
  readonly addedFolder?: string
  /** Absolute folder of enrichment written by a chat model, one file per document id; it need not exist. */
  readonly enrichmentFolder?: string
  /** Folder of the index. */
  readonly indexFolder: string
  readonly embedder: Embedder
  /** How threads open the same embedder; absent: everything is done in this thread. */
  readonly threads?: WorkerData
  /** Writes enrichment for paragraphs that have none, before they are ingested; needs `enrichmentFolder`. */
  readonly writer?: EnrichmentWriter
  /** Whether enrichment files are used; `false` makes an index as for a new document. */
  readonly enrichment: boolean
  /** Vectors from which the graph is changed instead of built anew; for tests. */
  readonly leastToChange?: number
  /** Reads everything anew even when nothing changed. */
  readonly force?: boolean
  /** Reads what changed and reports it, but writes nothing. */
  readonly dryRun?: boolean
  /** Longest wait for another ingest, in milliseconds; 0 does not wait. */
  readonly patience?: number
  /** Called when another ingest has to be waited for. */
  readonly onWait?: (holder: LockHolder) => void
  readonly onProgress?: (progress: IngestProgress) => void
  readonly signal?: AbortSignal
}

/** How far an ingest is. */
export interface IngestProgress {
  readonly phase: 'enrichment' | 'documents' | 'search files'
  readonly done: number
  readonly total: number
  /** Bytes of the source files that are done and to do; 0 in the other phases. */
  readonly bytesDone: number
  readonly bytesTotal: number
}

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

/** A file with what is to be done about it. */
interface PlannedFile {
  readonly source: SourceFile
  readonly enrichment: readonly EnrichmentRecord[]
  readonly contentHash: string | null
  readonly key: string | null
  readonly known: LedgerRecord | null
  readonly fault: IngestFault | null
  /** The file with the same bytes that comes before it; `null` when there is none. */
  readonly duplicateOf: SourceFile | null
}

interface Plan {
  readonly files: readonly PlannedFile[]
  readonly ledger: Ledger | null
  readonly catalogue: Catalogue
  /** Whether nothing has to be done. */
  readonly isCurrent: boolean
}

const PARTS_FOLDER = 'parts'
const LOCK_FILE = 'ingest.lock'

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
  const report = (written: boolean, plan: Plan, records: readonly LedgerRecord[]): IngestReport => ({
    written,
    enriched,
    documents: records.map(toEntry),
    removed: removedDocuments(plan),
    warnings: [...plan.catalogue.warnings, ...versionWarnings(records)],
    milliseconds: Math.round(performance.now() - started),
  })
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
    const { records, written } = await carryOut(planNow, options, lock)
    return report(written, planNow, records)
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
  const records = unchangedRecords(plan)
  return {
    written: false,
    enriched: null,
    documents: records.map(toEntry),
    removed: [],
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

/** Compares the sources with the ledger. */
async function makePlan(options: IngestOptions): Promise<Plan> {
  const added = options.addedFolder === undefined ? [] : [options.addedFolder]
  const [catalogue, ledger, manifest] = await Promise.all([
    listSources(options.sources, added),
    readLedger(options.indexFolder),
    findWholeIndex(options.indexFolder),
  ])
  const knownByPath = new Map(ledger?.records.map(record => [record.path, record]))
  const firstWithHash = new Map<string, SourceFile>()
  const files: PlannedFile[] = []
  for (const source of catalogue.files) {
    const known = knownByPath.get(source.path) ?? null
    const file = await planFile(source, known, ledger?.writtenAt ?? 0, options)
    const twin = file.contentHash === null ? undefined : firstWithHash.get(file.contentHash)
    // What is known to fail is in no index, so a file with the same bytes has to be tried by itself.
    const isKnownToFail = known?.status === 'failed' && known.key === file.key
    if (file.contentHash !== null && file.fault === null && !twin && !isKnownToFail)
      firstWithHash.set(file.contentHash, source)
    files.push({ ...file, duplicateOf: file.fault === null ? (twin ?? null) : null })
  }
  const isCurrent =
    !options.force &&
    manifest !== null &&
    ledger !== null &&
    ledger.inputs === manifest.inputs &&
    ledger.inputs.startsWith(inputsPrefix(options)) &&
    ledger.records.length === files.length &&
    files.every((file, at) => isUnchanged(file) && ledger.records[at]?.path === file.source.path)
  return { files, ledger, catalogue, isCurrent }
}

/** Whether a file, its fault and its being a duplicate are as the ledger says. */
function isUnchanged({ source, known, key, fault, duplicateOf }: PlannedFile): boolean {
  if (!known || known.documentId !== source.documentId) return false
  if (fault) return known.status === 'failed' && (known.reason ?? '').startsWith(fault.message)
  return known.key === key && (known.change === 'duplicate') === (duplicateOf !== null)
}

async function planFile(
  source: SourceFile,
  known: LedgerRecord | null,
  writtenAt: number,
  options: IngestOptions,
): Promise<Omit<PlannedFile, 'duplicateOf'>> {
  const nothing = { source, known, enrichment: [], contentHash: null, key: null }
  if (source.fault || !source.facts) return { ...nothing, fault: source.fault }
  try {
    const contentHash = isSameFile(source.facts, known?.facts, writtenAt)
      ? (known?.contentHash ?? null)
      : null
    if (contentHash !== null && source.manifestEntry?.sha256 && source.manifestEntry.sha256 !== contentHash)
      throw alteredFault(source, contentHash)
    const hash = contentHash ?? (await readSource(source)).contentHash
    const enrichment = options.enrichment ? await findEnrichment(source, known, writtenAt, options) : []
    return {
      source,
      known,
      enrichment,
      contentHash: hash,
      key: partKey(source, hash, enrichment, options),
      fault: null,
    }
  } catch (error) {
    if (error instanceof IngestFault) return { ...nothing, fault: error }
    throw error
  }
}

/** Names everything that a document's part is made from. */
function partKey(
  source: SourceFile,
  contentHash: string,
  enrichment: readonly EnrichmentRecord[],
  { embedder }: IngestOptions,
): string {
  return sha256(
    JSON.stringify([
      FORMAT_VERSION,
      ANALYZER_VERSION,
      codeVersion(),
      embedder.id,
      embedder.dimensions,
      source.file,
      source.documentId,
      source.manifestEntry,
      contentHash,
      enrichment.map(({ hash }) => hash),
    ]),
  ).slice(0, 32)
}

async function findEnrichment(
  source: SourceFile,
  known: LedgerRecord | null,
  writtenAt: number,
  { enrichmentFolder }: IngestOptions,
): Promise<EnrichmentRecord[]> {
  const paths = [enrichmentPath(source)]
  if (enrichmentFolder !== undefined) paths.push(writtenPath(enrichmentFolder, source))
  const found: EnrichmentRecord[] = []
  for (const path of paths) {
    const facts = await stat(path).catch(() => null)
    if (!facts?.isFile()) continue
    const { size, mtimeMs } = facts
    const before = known?.enrichment.find(record => record.path === path)
    const hash =
      before && isSameFile({ size, mtimeMs }, before, writtenAt) ? before.hash : sha256(await readFile(path))
    found.push({ path, size, mtimeMs, hash })
  }
  return found
}

function removedDocuments({ ledger, files }: Plan): { file: string; documentId: string }[] {
  const present = new Set(files.map(({ source }) => source.documentId))
  return (ledger?.records ?? [])
    .filter(({ documentId, partKey }) => partKey !== null && !present.has(documentId))
    .map(({ file, documentId }) => ({ file, documentId }))
}

function unchangedRecords({ ledger }: Plan): LedgerRecord[] {
  return (ledger?.records ?? []).map(record =>
    record.change === 'new' || record.change === 'changed' ? { ...record, change: 'unchanged' } : record,
  )
}

const pathOfPart = (indexFolder: string, key: string) => join(indexFolder, PARTS_FOLDER, `${key}.part`)

const inputsPrefix = ({ embedder }: IngestOptions) =>
  `${sha256(JSON.stringify([FORMAT_VERSION, ANALYZER_VERSION, embedder.id, embedder.dimensions])).slice(0, 8)}-`

/** Names in an index folder that a crash left behind; the lock of a dead holder too. */
async function findLeftovers(indexFolder: string): Promise<string[]> {
  const current = await readFile(join(indexFolder, 'current'), 'utf8').catch(() => '')
  const found: string[] = []
  for (const folder of [indexFolder, join(indexFolder, PARTS_FOLDER)]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const isUnfinished = name.endsWith(UNFINISHED) && !name.startsWith(LOCK_FILE)
      const isOldGeneration = name.startsWith('generation-') && !current.startsWith(name)
      if (isUnfinished || isOldGeneration || name === LOCK_FILE) found.push(join(folder, name))
    }
  }
  return found
}

/** Removes what a crash left behind. Only called by the holder of the lock. */
async function removeLeftovers(indexFolder: string): Promise<void> {
  for (const path of await findLeftovers(indexFolder))
    if (basename(path) !== LOCK_FILE) await rm(path, { recursive: true, force: true }).catch(() => {})
}

/** Removes what an ingest left behind that was killed when all its work was done; not while another one runs. */
async function tidy(indexFolder: string): Promise<void> {
  if ((await findLeftovers(indexFolder)).length === 0) return
  try {
    const lock = await acquireLock(join(indexFolder, LOCK_FILE))
    try {
      await removeLeftovers(indexFolder)
    } finally {
      await lock.release()
    }
  } catch (error) {
    // An index can also be used where nothing may be written, or while another ingest runs.
    if (!(error instanceof IngestFault)) throw error
  }
}

/** Removes parts that the index does not hold any more. */
async function removeOldParts(indexFolder: string, keys: ReadonlySet<string>): Promise<void> {
  const folder = join(indexFolder, PARTS_FOLDER)
  for (const name of await readdir(folder).catch(() => []))
    if (!keys.has(name.replace(/\.part$/, ''))) await rm(join(folder, name), { force: true }).catch(() => {})
}

/** Does what the plan says, and makes the result the current index. */
async function carryOut(plan: Plan, options: IngestOptions, lock: Lock) {
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

async function writeIndexOf(plan: Plan, options: IngestOptions, lock: Lock) {
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
  return { records, written: true }
}

/** A file as the ledger will have it, with its part; `null` when nothing of it goes into the index. */
interface BroughtFile {
  readonly record: LedgerRecord
  readonly part: StoredPart | null
}

/**
 * Vectors from which the graph of the index is changed instead of built anew: below, building takes seconds, and the index
 * equals that of a full ingest byte for byte.
 */
const LEAST_TO_CHANGE = 20_000

/** Bytes of files to work on from which starting threads pays. */
const ENOUGH_FOR_THREADS = 2_000_000

/** Files that are begun ahead per thread, so that none waits for the next. */
const AHEAD_PER_THREAD = 4

/** Brings every file of the plan, in order; works on those without a usable part. */
async function* bringAll(plan: Plan, options: IngestOptions, store: boolean): AsyncGenerator<BroughtFile> {
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

function openPart(indexFolder: string, key: string): StoredPart | null {
  try {
    return StoredPart.open(pathOfPart(indexFolder, key))
  } catch (error) {
    if (error instanceof DamagedPart) return null
    throw error
  }
}
