/** What an ingest has to do: the files of the sources, each compared with what the ledger says of it. */
import { readFile, stat } from 'node:fs/promises'
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
import { sha256 } from './durable-files.js'
import { writtenPath } from './enrich.js'
import { IngestFault } from './faults.js'
import { FORMAT_VERSION, findWholeIndex } from './index-files.js'
import type { IngestOptions } from './ingest-options.js'
import { type EnrichmentRecord, isSameFile, type Ledger, type LedgerRecord, readLedger } from './ledger.js'

/** A file with what is to be done about it. */
export interface PlannedFile {
  readonly source: SourceFile
  readonly enrichment: readonly EnrichmentRecord[]
  readonly contentHash: string | null
  readonly key: string | null
  readonly known: LedgerRecord | null
  readonly fault: IngestFault | null
  /** The file with the same bytes that comes before it; `null` when there is none. */
  readonly duplicateOf: SourceFile | null
}

/** All files of the sources with what is to be done. */
export interface Plan {
  readonly files: readonly PlannedFile[]
  readonly ledger: Ledger | null
  readonly catalogue: Catalogue
  /** Whether nothing has to be done. */
  readonly isCurrent: boolean
}

/** Compares the sources with the ledger. */
export async function makePlan(options: IngestOptions): Promise<Plan> {
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
export function isUnchanged({ source, known, key, fault, duplicateOf }: PlannedFile): boolean {
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

/** Documents that the index holds and the sources do not any more. */
export function removedDocuments({ ledger, files }: Plan): { file: string; documentId: string }[] {
  const present = new Set(files.map(({ source }) => source.documentId))
  return (ledger?.records ?? [])
    .filter(({ documentId, partKey }) => partKey !== null && !present.has(documentId))
    .map(({ file, documentId }) => ({ file, documentId }))
}

/** The ledger as it reads after an ingest that had nothing to do. */
export function unchangedRecords({ ledger }: Plan): LedgerRecord[] {
  return (ledger?.records ?? []).map(record =>
    record.change === 'new' || record.change === 'changed' ? { ...record, change: 'unchanged' } : record,
  )
}

/** Beginning of the name of everything that an index is made from: what holds for all of its documents. */
export const inputsPrefix = ({ embedder }: IngestOptions) =>
  `${sha256(JSON.stringify([FORMAT_VERSION, ANALYZER_VERSION, embedder.id, embedder.dimensions])).slice(0, 8)}-`
