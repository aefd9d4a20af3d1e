/** The ledger: what became of each file, and what the next ingest has to know to leave it alone. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { FileFacts } from './catalogue.js'
import type { DocumentContent, ParagraphKind } from './corpus.js'
import { replaceDurably } from './durable-files.js'
import type { IngestFaultCode } from './faults.js'
import type { DocumentFormat } from './read-document.js'

/** How well a file could be ingested: completely, with something a person should look at, or not at all. */
export type LedgerStatus = 'ok' | 'partial' | 'failed'

/**
 * What happened to a file: first seen, read again, left alone, left out because another file has the same bytes, or not
 * readable any more while its last good version stays in the index.
 */
export type LedgerChange = 'new' | 'changed' | 'unchanged' | 'duplicate' | 'kept' | 'none'

/** What was found in a document. */
export interface DocumentFigures {
  readonly format: DocumentFormat
  readonly title: string
  readonly documentNumber: string | null
  /** `null` where pages are not known. */
  readonly pages: number | null
  readonly paragraphs: Readonly<Partial<Record<ParagraphKind, number>>>
  /** Length of a paragraph's text in characters; `null` for a document without paragraphs. */
  readonly paragraphLength: { readonly median: number; readonly p95: number } | null
  readonly repairedWords: number
  /** Pieces of furniture by name. */
  readonly furniture: Readonly<Record<string, number>>
  /** Statements of the enrichment that were placed. */
  readonly statements: number
  /** Quotes of the enrichment that occur in no paragraph. */
  readonly unplacedEnrichment: readonly string[]
  /** Vectors: paragraphs and questions. */
  readonly vectors: number
  /** By which versions of one document are recognised (`resemblance.ts`). */
  readonly sketch: readonly number[]
}

/** One file in the ledger. */
export interface LedgerEntry {
  /** Path relative to its source folder, with forward slashes. */
  readonly file: string
  /** Absolute path. */
  readonly path: string
  readonly documentId: string
  readonly status: LedgerStatus
  readonly change: LedgerChange
  /** Code of the fault; `null` when the file is not `failed`. */
  readonly code: IngestFaultCode | null
  /** Why it is not `ok` or was left out, and what a person can do about it; `null` when there is nothing to say. */
  readonly reason: string | null
  /** `null` when nothing of the file is in the index. */
  readonly figures: Omit<DocumentFigures, 'sketch'> | null
  /** Time it took to read, analyse and embed, in milliseconds; of an unchanged file when that was done. */
  readonly milliseconds: number
  /** In bytes; `null` when the file cannot be found. */
  readonly bytes: number | null
  readonly contentHash: string | null
}

/** What the next ingest has to know about a file. */
export interface LedgerRecord extends LedgerEntry {
  readonly figures: DocumentFigures | null
  readonly facts: FileFacts | null
  /** Names everything the file's part was made from; `null` when it could not be told. */
  readonly key: string | null
  /** Key of the part that is in the index; `null` when none is. */
  readonly partKey: string | null
  readonly enrichment: readonly EnrichmentRecord[]
}

/** An enrichment file as it was when it was placed. */
export interface EnrichmentRecord extends FileFacts {
  readonly path: string
  readonly hash: string
}

/** What is stored beside an index. */
export interface Ledger {
  /** Milliseconds since 1970. */
  readonly writtenAt: number
  /** Hash over everything the index holds; equal to that of its manifest when the two belong together. */
  readonly inputs: string
  readonly records: readonly LedgerRecord[]
}

const LEDGER_FILE = 'ledger.json'
const LEDGER_VERSION = 1

const ledgerSchema = z.object({
  version: z.literal(LEDGER_VERSION),
  writtenAt: z.number(),
  inputs: z.string(),
  records: z.array(z.custom<LedgerRecord>(value => typeof value === 'object' && value !== null)),
})

/** Reads the ledger beside an index; `null` when there is none that can be read. Then every file is looked at again. */
export async function readLedger(indexFolder: string): Promise<Ledger | null> {
  try {
    return ledgerSchema.parse(JSON.parse(await readFile(join(indexFolder, LEDGER_FILE), 'utf8')))
  } catch {
    return null
  }
}

/** Stores the ledger beside an index. */
export async function writeLedger(indexFolder: string, ledger: Ledger): Promise<void> {
  const text = JSON.stringify({ version: LEDGER_VERSION, ...ledger })
  await replaceDurably(join(indexFolder, LEDGER_FILE), text)
}

/** The entry of a record: what a person reads. */
export function toEntry(record: LedgerRecord): LedgerEntry {
  const { facts: _, key: __, partKey: ___, enrichment: ____, figures, ...entry } = record
  if (!figures) return { ...entry, figures }
  const { sketch: _____, ...shown } = figures
  return { ...entry, figures: shown }
}

/** Two seconds: the coarsest clock of the usual file systems (FAT). */
const CLOCK_STEP = 2_000

/**
 * Whether a file is the one that a ledger saw. A file changed in the same moment in which the ledger was written could look
 * unchanged, so such a recent one is not trusted.
 */
export function isSameFile(now: FileFacts, then: FileFacts | null | undefined, writtenAt: number): boolean {
  return (
    then !== null &&
    then !== undefined &&
    now.size === then.size &&
    now.mtimeMs === then.mtimeMs &&
    now.mtimeMs < writtenAt - CLOCK_STEP
  )
}

/** Counts what was found in a document. */
export function countContent(
  content: DocumentContent,
): Pick<DocumentFigures, 'pages' | 'paragraphs' | 'paragraphLength' | 'repairedWords' | 'furniture'> {
  const paragraphs: Partial<Record<ParagraphKind, number>> = {}
  for (const { kind } of content.paragraphs) paragraphs[kind] = (paragraphs[kind] ?? 0) + 1
  const furniture: Record<string, number> = {}
  for (const { name, spans } of content.furniture) furniture[name] = (furniture[name] ?? 0) + spans.length
  const lengths = content.paragraphs.map(({ text }) => text.length).sort((a, b) => a - b)
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))]
  const [median, p95] = [at(0.5), at(0.95)]
  return {
    pages: content.pages,
    paragraphs,
    paragraphLength: median === undefined || p95 === undefined ? null : { median, p95 },
    repairedWords: content.repairedWords,
    furniture,
  }
}

/** Number of paragraphs of all kinds. */
export function totalParagraphs({ paragraphs }: Pick<DocumentFigures, 'paragraphs'>): number {
  return Object.values(paragraphs).reduce((sum, count) => sum + count, 0)
}
