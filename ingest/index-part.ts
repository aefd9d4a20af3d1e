/**
 * A part of an index: everything that is made of one document, or of a few, by itself. Parts are kept beside the index, so
 * that a document that did not change is not read, analysed and embedded again; an index is its parts joined.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { PolicyDocument } from './corpus.js'
import { type EncodedDocument, encodeDocument, type IndexableDocument } from './corpus-store.js'
import { sha256, UNFINISHED } from './durable-files.js'
import type { Embedder } from './embedder.js'
import { buildSearchFiles, listPassages } from './search.js'

/** First bytes of every part file. */
const MAGIC = 'vindplaats part 1\n'

/** Passages that are embedded at once. */
const EMBEDDING_BATCH = 256

/** A part in memory, before it is stored. */
export interface IndexPart {
  readonly documents: readonly EncodedDocument[]
  /** Search files by name. */
  readonly searchFiles: ReadonlyMap<string, Buffer>
  /** Vectors of all paragraphs, then of all questions. */
  readonly vectors: readonly Float32Array[]
}

/**
 * Makes the part of some documents.
 *
 * @throws {IngestFault} `embedder-unavailable`, `embedder-invalid`
 */
export async function buildPart(
  documents: readonly IndexableDocument[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<IndexPart> {
  const passages = documents.map(listPassages)
  const texts = [
    ...passages.flatMap(({ paragraphs }) => paragraphs),
    ...passages.flatMap(({ questions }) => questions),
  ]
  const vectors: Float32Array[] = []
  for (let at = 0; at < texts.length; at += EMBEDDING_BATCH)
    vectors.push(...(await embedder.embedPassages(texts.slice(at, at + EMBEDDING_BATCH), signal)))
  return { documents: documents.map(encodeDocument), searchFiles: buildSearchFiles(documents), vectors }
}

const sectionSchema = z.object({ start: z.number(), bytes: z.number(), sha256: z.string() })
const headerSchema = z.object({
  about: z.unknown(),
  dimensions: z.number(),
  vectors: z.number(),
  documents: z.array(
    z.object({
      document: z.custom<PolicyDocument>(value => typeof value === 'object' && value !== null),
      lines: z.number(),
      paragraphs: z.number(),
    }),
  ),
  sections: z.record(z.string(), sectionSchema),
})
type Header = z.infer<typeof headerSchema>

const bytesOf = (array: Uint32Array | Float32Array) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength)

/**
 * Stores a part. It is not flushed: a part that a crash left damaged is noticed by its checksums and made anew.
 *
 * @param dimensions length of its vectors
 * @param about what else is to be known of it; plain data
 */
export async function storePart(
  path: string,
  part: IndexPart,
  dimensions: number,
  about: unknown = null,
): Promise<void> {
  const sections: (readonly [string, readonly Uint8Array[]])[] = [
    ['lines', part.documents.map(({ lines }) => lines)],
    ['line-lengths', part.documents.map(({ lineLengths }) => bytesOf(lineLengths))],
    ['question-counts', part.documents.map(({ questionCounts }) => bytesOf(questionCounts))],
    ['id-hashes', part.documents.map(({ idHashes }) => bytesOf(idHashes))],
    ['vectors', part.vectors.map(bytesOf)],
    ...[...part.searchFiles].map(([name, data]) => [name, [data]] as const),
  ]
  const header: Header = {
    about,
    dimensions,
    vectors: part.vectors.length,
    documents: part.documents.map(({ document, lines, idHashes }) => ({
      document,
      lines: lines.length,
      paragraphs: idHashes.length,
    })),
    sections: {},
  }
  const bodies: Uint8Array[] = []
  let start = 0
  for (const [name, pieces] of sections) {
    const data = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
    header.sections[name] = { start, bytes: data.length, sha256: sha256(data) }
    bodies.push(data)
    start += data.length
  }
  const headerText = Buffer.from(JSON.stringify(header))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(headerText.length)
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}${UNFINISHED}`
  try {
    const file = await open(unfinished, 'w')
    try {
      await file.writeFile(
        Buffer.concat([Buffer.from(MAGIC), size, headerText, Buffer.from(sha256(headerText))]),
      )
      for (const body of bodies) await file.writeFile(body)
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    throw error
  }
}

/** Thrown when a stored part is not what was written; it has to be made again. */
export class DamagedPart extends Error {
  override readonly name = 'DamagedPart'
  readonly path: string

  constructor(path: string, what: string) {
    super(`${path} ${what}.`)
    this.path = path
  }
}

/** A stored part. Its sections are read when asked for, and checked. */
export class StoredPart {
  readonly path: string
  readonly #header: Header
  readonly #bodyStart: number

  private constructor(path: string, header: Header, bodyStart: number) {
    this.path = path
    this.#header = header
    this.#bodyStart = bodyStart
  }

  /**
   * Opens a stored part.
   *
   * @throws {DamagedPart} when it is missing, cut short, or its header was changed
   */
  static open(path: string): StoredPart {
    return reading(path, file => {
      const prefix = Buffer.alloc(MAGIC.length + 4)
      const read = readSync(file, prefix, 0, prefix.length, 0)
      if (read < prefix.length || prefix.toString('latin1', 0, MAGIC.length) !== MAGIC)
        throw new DamagedPart(path, 'does not begin as a part')
      const headerBytes = prefix.readUInt32LE(MAGIC.length)
      const { size } = fstatSync(file)
      if (prefix.length + headerBytes + 64 > size) throw new DamagedPart(path, 'ends in its header')
      const rest = Buffer.alloc(headerBytes + 64)
      readSync(file, rest, 0, rest.length, prefix.length)
      const text = rest.subarray(0, headerBytes)
      if (sha256(text) !== rest.toString('latin1', headerBytes))
        throw new DamagedPart(path, 'has a damaged header')
      const header = headerSchema.parse(JSON.parse(text.toString('utf8')))
      const bodyStart = prefix.length + rest.length
      const bodyBytes = Object.values(header.sections).reduce((sum, { bytes }) => sum + bytes, 0)
      if (bodyStart + bodyBytes !== size) throw new DamagedPart(path, 'is cut short')
      return new StoredPart(path, header, bodyStart)
    })
  }

  /** What `storePart` was told about it. */
  get about(): unknown {
    return this.#header.about
  }

  /** Length of its vectors. */
  get dimensions(): number {
    return this.#header.dimensions
  }

  /** The documents that it was made of. */
  get documents(): readonly PolicyDocument[] {
    return this.#header.documents.map(({ document }) => document)
  }

  /** Number of paragraphs. */
  get paragraphCount(): number {
    return this.#header.documents.reduce((sum, { paragraphs }) => sum + paragraphs, 0)
  }

  /** The bytes of a section, or of the search file of that name. */
  section(name: string): Buffer {
    const section = this.#header.sections[name]
    if (!section) throw new DamagedPart(this.path, `has no section ${name}`)
    const data = reading(this.path, file => {
      const buffer = Buffer.allocUnsafeSlow(section.bytes)
      const read = readSync(file, buffer, 0, section.bytes, this.#bodyStart + section.start)
      return buffer.subarray(0, read)
    })
    if (data.length !== section.bytes || sha256(data) !== section.sha256)
      throw new DamagedPart(this.path, `is damaged in ${name}`)
    return data
  }

  /**
   * Reads every section once.
   *
   * @throws {DamagedPart} when one is not what was stored
   */
  checkAll(): void {
    for (const name of Object.keys(this.#header.sections)) this.section(name)
  }

  /** Its documents as a store keeps them. */
  encodedDocuments(): EncodedDocument[] {
    const lines = this.section('lines')
    const numbers = (name: string) => new Uint32Array(Uint8Array.from(this.section(name)).buffer)
    const lineLengths = numbers('line-lengths')
    const questionCounts = numbers('question-counts')
    const idHashes = numbers('id-hashes')
    const leadingLines = (lineLengths.length - idHashes.length) / Math.max(1, this.#header.documents.length)
    let [byte, line, paragraph] = [0, 0, 0]
    return this.#header.documents.map(({ document, lines: bytes, paragraphs }) => {
      const lineCount = paragraphs + leadingLines
      const encoded = {
        document,
        lines: lines.subarray(byte, byte + bytes),
        lineLengths: lineLengths.subarray(line, line + lineCount),
        questionCounts: questionCounts.subarray(paragraph, paragraph + paragraphs),
        idHashes: idHashes.subarray(paragraph, paragraph + paragraphs),
      }
      byte += bytes
      line += lineCount
      paragraph += paragraphs
      return encoded
    })
  }

  /** Vectors of all paragraphs, then of all questions. */
  vectors(): Float32Array[] {
    const { dimensions, vectors } = this.#header
    const all = new Float32Array(Uint8Array.from(this.section('vectors')).buffer)
    if (all.length !== vectors * dimensions) throw new DamagedPart(this.path, 'has too few vectors')
    return Array.from({ length: vectors }, (_, at) => all.subarray(at * dimensions, (at + 1) * dimensions))
  }
}

function reading<Result>(path: string, read: (file: number) => Result): Result {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    throw new DamagedPart(path, 'cannot be opened')
  }
  try {
    return read(file)
  } finally {
    closeSync(file)
  }
}
