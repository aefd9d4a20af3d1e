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
const MAGIC = 'vindplaats part 2\n'

/** Passages that are embedded at once. */
const EMBEDDING_BATCH = 256

/** A part in memory, before it is stored. */
export interface IndexPart {
  readonly documents: readonly EncodedDocument[]
  /** Search files by name. */
  readonly searchFiles: ReadonlyMap<string, Buffer>
  readonly vectors: PartVectors
}

/** The vectors of a part. */
export interface PartVectors {
  readonly paragraphs: readonly Float32Array[]
  /** With the number of each question in the part; those that say the same as another one are left out. */
  readonly questions: readonly { readonly number: number; readonly vector: Float32Array }[]
}

/**
 * A question whose vector is this near (cosine) to that of another one of its statement finds nothing that the other does not,
 * and takes the place of another paragraph among the nearest. Without them the graph of the seeds has 19,800 instead of 31,700
 * vectors, and the right paragraph of the evaluation cases is first as often, and more often among ten.
 */
const SAME_QUESTION = 0.4

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
  const questionCounts = passages.flatMap(passage => passage.questionCounts)
  const questions = vectors.splice(texts.length - questionCounts.reduce((sum, count) => sum + count, 0))
  return {
    documents: documents.map(encodeDocument),
    searchFiles: buildSearchFiles(documents),
    vectors: { paragraphs: vectors, questions: differentQuestions(questions, questionCounts) },
  }
}

const cosine = (left: Float32Array, right: Float32Array) => {
  let sum = 0
  for (let at = 0; at < left.length; at++) sum += (left[at] as number) * (right[at] as number)
  return sum
}

/**
 * The questions that differ from those before them of the same statement.
 *
 * @param vectors of the questions, statement by statement
 * @param questionCounts how many each statement has
 */
export function differentQuestions(
  vectors: readonly Float32Array[],
  questionCounts: readonly number[],
): PartVectors['questions'] {
  const different: { number: number; vector: Float32Array }[] = []
  let number = 0
  for (const count of questionCounts) {
    const first = different.length
    for (const end = number + count; number < end; number++) {
      const vector = vectors[number] as Float32Array
      const isKnown = different.slice(first).some(known => cosine(known.vector, vector) > SAME_QUESTION)
      if (!isKnown) different.push({ number, vector })
    }
  }
  return different
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
  const { questions } = part.vectors
  const sections: (readonly [string, readonly Uint8Array[]])[] = [
    ['lines', part.documents.map(({ lines }) => lines)],
    ['line-lengths', part.documents.map(({ lineLengths }) => bytesOf(lineLengths))],
    ['question-counts', part.documents.map(({ questionCounts }) => bytesOf(questionCounts))],
    ['id-hashes', part.documents.map(({ idHashes }) => bytesOf(idHashes))],
    ['vectors', [...part.vectors.paragraphs, ...questions.map(({ vector }) => vector)].map(bytesOf)],
    ['vector-questions', [bytesOf(Uint32Array.from(questions, ({ number }) => number))]],
    ...[...part.searchFiles].map(([name, data]) => [name, [data]] as const),
  ]
  const header: Header = {
    about,
    dimensions,
    vectors: part.vectors.paragraphs.length + questions.length,
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
    const lineLengths = this.#numbers('line-lengths')
    const questionCounts = this.#numbers('question-counts')
    const idHashes = this.#numbers('id-hashes')
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

  /** Its vectors. */
  vectors(): PartVectors {
    const { dimensions, vectors } = this.#header
    const all = new Float32Array(Uint8Array.from(this.section('vectors')).buffer)
    const numbers = this.#numbers('vector-questions')
    const paragraphs = vectors - numbers.length
    if (all.length !== vectors * dimensions || paragraphs !== this.paragraphCount)
      throw new DamagedPart(this.path, 'has too few vectors')
    const vectorAt = (at: number) => all.subarray(at * dimensions, (at + 1) * dimensions)
    return {
      paragraphs: Array.from({ length: paragraphs }, (_, at) => vectorAt(at)),
      questions: Array.from(numbers, (number, at) => ({ number, vector: vectorAt(paragraphs + at) })),
    }
  }

  #numbers(name: string): Uint32Array {
    return new Uint32Array(Uint8Array.from(this.section(name)).buffer)
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
