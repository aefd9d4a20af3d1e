/** Looks an index over: whether every byte is right, and what is in it. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ParagraphKind } from './corpus.js'
import { IngestFault } from './faults.js'
import { readIndexManifest } from './index-files.js'
import { DamagedPart, StoredPart } from './index-part.js'
import { readLedger } from './ledger.js'
import { openIndex } from './paragraph-index.js'
import { collapseSpans } from './spans.js'

/** What `verifyIndex` found. */
export interface VerifyReport {
  readonly documents: number
  readonly paragraphs: number
  readonly files: number
  readonly bytes: number
  /** What is wrong, in English; empty when the index is whole. */
  readonly complaints: readonly string[]
}

/**
 * Checks the current index: checksums, that every paragraph's text is what its spans give, that ids occur once, that parents
 * exist, and that the stored parts are whole.
 *
 * @throws {IngestFault} `index-missing`
 */
export async function verifyIndex(
  folder: string,
  embedder: { readonly id: string; readonly dimensions: number },
): Promise<VerifyReport> {
  const complaints: string[] = []
  let [documents, paragraphs] = [0, 0]
  try {
    const index = await openIndex(folder, embedder)
    try {
      for (const { id } of await index.documents()) {
        documents++
        const content = await index.content(id)
        const ids = new Set<string>()
        for (const paragraph of content?.paragraphs ?? []) {
          paragraphs++
          if (ids.has(paragraph.id)) complaints.push(`${paragraph.id} occurs twice.`)
          ids.add(paragraph.id)
          if (collapseSpans(content?.source ?? '', paragraph.spans).text !== paragraph.text)
            complaints.push(`${paragraph.id}: its text is not what its spans give.`)
        }
        for (const { id: paragraphId, parent } of content?.paragraphs ?? [])
          if (parent !== null && !ids.has(parent))
            complaints.push(`${paragraphId}: its parent ${parent} does not exist.`)
      }
    } finally {
      await index.close()
    }
  } catch (error) {
    if (!(error instanceof IngestFault) || error.code === 'index-missing') throw error
    complaints.push(error.message)
  }
  const parts = join(folder, 'parts')
  for (const name of await readdir(parts).catch(() => [])) {
    const complaint = checkPart(join(parts, name))
    if (complaint !== null) complaints.push(complaint)
  }
  const { files, bytes } = await measureFolder(folder)
  return { documents, paragraphs, files, bytes, complaints }
}

function checkPart(path: string): string | null {
  try {
    StoredPart.open(path).checkAll()
    return null
  } catch (error) {
    if (error instanceof DamagedPart) return error.message
    throw error
  }
}

async function measureFolder(folder: string): Promise<{ files: number; bytes: number }> {
  let [files, bytes] = [0, 0]
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      files++
      bytes += (await stat(join(entry.parentPath, entry.name))).size
    }
  return { files, bytes }
}

/** What is in an index. Sizes in bytes. */
export interface IndexStatistics {
  readonly version: string
  readonly formatVersion: number
  readonly analyzerVersion: number
  readonly embedder: string
  readonly dimensions: number
  readonly documents: number
  readonly paragraphs: number
  readonly paragraphsByKind: Readonly<Partial<Record<ParagraphKind, number>>>
  readonly questions: number
  readonly vectors: number
  readonly repairedWords: number
  readonly unplacedEnrichment: number
  readonly failedFiles: number
  /** ISO 8601; `null` when the ledger is gone. */
  readonly writtenAt: string | null
  readonly bytes: number
  readonly bytesByFile: Readonly<Record<string, number>>
}

/**
 * Counts what is in the current index.
 *
 * @throws {IngestFault} `index-missing`, `index-damaged`, `index-incompatible`
 */
export async function indexStatistics(folder: string): Promise<IndexStatistics> {
  const manifest = await readIndexManifest(folder)
  const ledger = await readLedger(folder)
  const paragraphsByKind: Partial<Record<ParagraphKind, number>> = {}
  let [repairedWords, unplacedEnrichment, failedFiles] = [0, 0, 0]
  for (const { figures, status } of ledger?.records ?? []) {
    if (status === 'failed') failedFiles++
    if (!figures) continue
    repairedWords += figures.repairedWords
    unplacedEnrichment += figures.unplacedEnrichment.length
    for (const [kind, count] of Object.entries(figures.paragraphs) as [ParagraphKind, number][])
      paragraphsByKind[kind] = (paragraphsByKind[kind] ?? 0) + count
  }
  return {
    version: manifest.version,
    formatVersion: manifest.formatVersion,
    analyzerVersion: manifest.analyzerVersion,
    embedder: manifest.embedder.id,
    dimensions: manifest.embedder.dimensions,
    documents: manifest.documents,
    paragraphs: manifest.paragraphs,
    paragraphsByKind,
    questions: manifest.questions,
    vectors: manifest.vectors,
    repairedWords,
    unplacedEnrichment,
    failedFiles,
    writtenAt: ledger ? new Date(ledger.writtenAt).toISOString() : null,
    bytes: (await measureFolder(folder)).bytes,
    bytesByFile: Object.fromEntries(Object.entries(manifest.files).map(([name, { bytes }]) => [name, bytes])),
  }
}
