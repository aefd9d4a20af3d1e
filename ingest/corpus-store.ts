/**
 * Documents and paragraphs on disk, read by position. Only a few numbers per paragraph stay in memory, so that a corpus
 * of any size opens at once.
 */
import type { DocumentContent, Furniture, Paragraph, ParagraphEnrichment, PolicyDocument } from './corpus.js'
import { fnv1a } from './text-hash.js'

/** A document with everything that goes into the index. */
export interface IndexableDocument {
  readonly document: PolicyDocument
  readonly content: DocumentContent
  readonly enrichment: readonly ParagraphEnrichment[]
}

/** A document as bytes: JSON lines of its source, its other content, and each paragraph with its enrichment. */
export interface EncodedDocument {
  readonly document: PolicyDocument
  readonly lines: Uint8Array
  /** Bytes of each line with its line break: source, content, then one for each paragraph. */
  readonly lineLengths: Uint32Array
  /** For each paragraph the number of questions that its enrichment answers. */
  readonly questionCounts: Uint32Array
  /** For each paragraph the hash of its id. */
  readonly idHashes: Uint32Array
}

/** Lines before the first paragraph's. */
const LEADING_LINES = 2

/** Paragraphs kept in memory after reading. */
const RECENT_PARAGRAPHS = 20_000

/** UTF-16 units of source text whose whole documents are kept in memory after reading. */
const RECENT_SOURCE_LENGTH = 4_000_000

type StoredParagraph = Omit<Paragraph, 'id' | 'documentId' | 'searchText'> & { readonly searchText?: string }

interface ParagraphLine {
  readonly paragraph: StoredParagraph
  readonly enrichment: Omit<ParagraphEnrichment, 'paragraphId'> | null
}

/** Number of questions that the statements of a paragraph answer. */
function countQuestions(enrichment: ParagraphEnrichment | undefined): number {
  return (enrichment?.statements ?? []).reduce((sum, { questions }) => sum + questions.length, 0)
}

/** Turns a document into the bytes that a store keeps. */
export function encodeDocument({ document, content, enrichment }: IndexableDocument): EncodedDocument {
  const { source, paragraphs, ...rest } = content
  const enrichmentOf = new Map(enrichment.map(item => [item.paragraphId, item]))
  const lines = [source, rest, ...paragraphs.map(paragraph => toLine(paragraph, enrichmentOf))].map(value =>
    Buffer.from(`${JSON.stringify(value)}\n`),
  )
  return {
    document,
    lines: Buffer.concat(lines),
    lineLengths: Uint32Array.from(lines, line => line.length),
    questionCounts: Uint32Array.from(paragraphs, ({ id }) => countQuestions(enrichmentOf.get(id))),
    idHashes: Uint32Array.from(paragraphs, ({ id }) => fnv1a(id)),
  }
}

function toLine(
  { id, documentId: _, searchText, ...paragraph }: Paragraph,
  enrichmentOf: ReadonlyMap<string, ParagraphEnrichment>,
): ParagraphLine {
  const { paragraphId: __, ...enrichment } = enrichmentOf.get(id) ?? { paragraphId: id }
  return {
    paragraph: searchText === paragraph.text ? paragraph : { ...paragraph, searchText },
    enrichment: 'statements' in enrichment ? enrichment : null,
  }
}

/** Sums before each item, and the total at the end. */
function runningSums(counts: Uint32Array): Float64Array {
  const sums = new Float64Array(counts.length + 1)
  for (const [at, count] of counts.entries()) sums[at + 1] = (sums[at] as number) + count
  return sums
}

/** Joins typed arrays of numbers. */
function joined(arrays: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}

/** The numbers of a store: where each line is, and which paragraphs and questions belong to which document. */
export class CorpusPositions {
  readonly documents: readonly PolicyDocument[]
  /** Position of each document's first paragraph, and the number of paragraphs at the end. */
  readonly firstParagraphs: Float64Array
  /** Position of each paragraph's first question, and the number of questions at the end. */
  readonly firstQuestions: Float64Array
  readonly #lineLengths: Uint32Array
  readonly #lineStarts: Float64Array
  readonly #idHashes: Uint32Array
  readonly #byHash: Uint32Array
  readonly #questionCounts: Uint32Array

  private constructor(
    documents: readonly PolicyDocument[],
    paragraphCounts: Uint32Array,
    lineLengths: Uint32Array,
    questionCounts: Uint32Array,
    idHashes: Uint32Array,
    byHash: Uint32Array,
  ) {
    this.documents = documents
    this.firstParagraphs = runningSums(paragraphCounts)
    this.firstQuestions = runningSums(questionCounts)
    this.#questionCounts = questionCounts
    this.#lineLengths = lineLengths
    this.#lineStarts = runningSums(lineLengths)
    this.#idHashes = idHashes
    this.#byHash = byHash
  }

  /** Positions of documents stored one after the other. */
  static of(documents: readonly Omit<EncodedDocument, 'lines'>[]): CorpusPositions {
    const idHashes = joined(documents.map(document => document.idHashes))
    return new CorpusPositions(
      documents.map(({ document }) => document),
      Uint32Array.from(documents, ({ idHashes: { length } }) => length),
      joined(documents.map(({ lineLengths }) => lineLengths)),
      joined(documents.map(({ questionCounts }) => questionCounts)),
      idHashes,
      Uint32Array.from(idHashes.keys()).sort((a, b) => (idHashes[a] as number) - (idHashes[b] as number)),
    )
  }

  /** Opens what `toBuffer` gave. The buffer must have been checked. */
  static fromBuffer(documents: readonly PolicyDocument[], stored: Buffer): CorpusPositions {
    // Typed arrays need aligned memory; a buffer read from disk starts wherever the pool put it.
    const numbers = new Uint32Array(Uint8Array.from(stored).buffer)
    const paragraphs = numbers[0] as number
    let at = 1
    const next = (count: number) => {
      const array = numbers.subarray(at, at + count)
      at += count
      return array
    }
    return new CorpusPositions(
      documents,
      next(documents.length),
      next(documents.length * LEADING_LINES + paragraphs),
      next(paragraphs),
      next(paragraphs),
      next(paragraphs),
    )
  }

  /** Everything but the documents, as 32-bit numbers. */
  toBuffer(): Buffer {
    const paragraphCounts = Uint32Array.from(
      this.documents,
      (_, at) => (this.firstParagraphs[at + 1] as number) - (this.firstParagraphs[at] as number),
    )
    const all = joined([
      Uint32Array.of(this.paragraphCount),
      paragraphCounts,
      this.#lineLengths,
      this.#questionCounts,
      this.#idHashes,
      this.#byHash,
    ])
    return Buffer.from(all.buffer)
  }

  /** Number of paragraphs. */
  get paragraphCount(): number {
    return this.firstParagraphs[this.documents.length] as number
  }

  /** Number of questions in the enrichment of all paragraphs. */
  get questionCount(): number {
    return this.firstQuestions[this.paragraphCount] as number
  }

  /** Number of the document that holds a paragraph. */
  documentOf(paragraph: number): number {
    return lastAtOrBefore(this.firstParagraphs, paragraph)
  }

  /** Position of the paragraph whose enrichment holds a question. */
  paragraphOfQuestion(question: number): number {
    return lastAtOrBefore(this.firstQuestions, question)
  }

  /** Where a paragraph's line is. */
  paragraphLine(paragraph: number): { readonly start: number; readonly length: number } {
    return this.#line(paragraph + (this.documentOf(paragraph) + 1) * LEADING_LINES)
  }

  /** Where one of a document's leading lines is: 0 the source, 1 the other content. */
  leadingLine(document: number, which: 0 | 1): { readonly start: number; readonly length: number } {
    return this.#line((this.firstParagraphs[document] as number) + document * LEADING_LINES + which)
  }

  #line(line: number) {
    return { start: this.#lineStarts[line] as number, length: this.#lineLengths[line] as number }
  }

  /** Positions of the paragraphs whose id has the same hash: usually one or none. */
  candidatesFor(paragraphId: string): number[] {
    const hash = fnv1a(paragraphId)
    let low = 0
    let high = this.#byHash.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#idHashes[this.#byHash[middle] as number] as number) < hash) low = middle + 1
      else high = middle
    }
    const found: number[] = []
    for (; low < this.#byHash.length; low++) {
      const position = this.#byHash[low] as number
      if (this.#idHashes[position] !== hash) break
      found.push(position)
    }
    return found
  }
}

/** Index of the last of ascending numbers that is not above a value; of equal ones the last. */
function lastAtOrBefore(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Reads bytes of the stored lines. */
export type ReadBytes = (start: number, length: number) => Buffer

/** A map that forgets what was not used longest, measured by a weight. */
class RecentlyUsed<Key, Value> {
  readonly #items = new Map<Key, { readonly value: Value; readonly weight: number }>()
  readonly #capacity: number
  #weight = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: Key, make: () => Value, weigh: (value: Value) => number = () => 1): Value {
    const known = this.#items.get(key)
    const item = known ?? { value: make(), weight: 0 }
    if (known) this.#items.delete(key)
    const weight = known ? known.weight : weigh(item.value)
    if (!known) this.#weight += weight
    this.#items.set(key, { value: item.value, weight })
    for (const [oldest, { weight: freed }] of this.#items) {
      if (this.#weight <= this.#capacity || oldest === key) break
      this.#items.delete(oldest)
      this.#weight -= freed
    }
    return item.value
  }
}

/** Documents and paragraphs by position and by id. Reading is synchronous: a line lies in the cache of the system. */
export class CorpusStore {
  readonly positions: CorpusPositions
  readonly #read: ReadBytes
  readonly #documentNumbers: ReadonlyMap<string, number>
  readonly #paragraphs = new RecentlyUsed<
    number,
    { readonly paragraph: Paragraph; readonly enrichment: ParagraphEnrichment | null }
  >(RECENT_PARAGRAPHS)
  readonly #contents = new RecentlyUsed<number, DocumentContent>(RECENT_SOURCE_LENGTH)

  constructor(positions: CorpusPositions, read: ReadBytes) {
    this.positions = positions
    this.#read = read
    this.#documentNumbers = new Map(positions.documents.map(({ id }, number) => [id, number]))
  }

  /** A store of a few documents without a disk. */
  static inMemory(documents: readonly IndexableDocument[]): CorpusStore {
    const encoded = documents.map(encodeDocument)
    const bytes = Buffer.concat(encoded.map(({ lines }) => lines))
    return new CorpusStore(CorpusPositions.of(encoded), (start, length) =>
      bytes.subarray(start, start + length),
    )
  }

  /** All documents, in order. */
  get documents(): readonly PolicyDocument[] {
    return this.positions.documents
  }

  /** Number of paragraphs; their positions run from 0 over all documents, in reading order. */
  get paragraphCount(): number {
    return this.positions.paragraphCount
  }

  /** Number of questions; their positions run from 0, in the order of paragraphs, statements and questions. */
  get questionCount(): number {
    return this.positions.questionCount
  }

  /** The document that holds a paragraph. */
  documentOf(paragraph: number): PolicyDocument {
    return this.documents[this.positions.documentOf(paragraph)] as PolicyDocument
  }

  /** The paragraph at a position. */
  paragraph(position: number): Paragraph {
    return this.#readParagraph(position).paragraph
  }

  /** The enrichment of the paragraph at a position; `null` when it has none. */
  enrichment(position: number): ParagraphEnrichment | null {
    return this.#readParagraph(position).enrichment
  }

  #readParagraph(position: number) {
    return this.#paragraphs.get(position, () => {
      const { start, length } = this.positions.paragraphLine(position)
      const line = JSON.parse(this.#read(start, length).toString('utf8')) as ParagraphLine
      const documentId = this.documentOf(position).id
      const paragraph = toParagraph(line.paragraph, documentId)
      return {
        paragraph,
        enrichment: line.enrichment && { paragraphId: paragraph.id, ...line.enrichment },
      }
    })
  }

  /** Position of a paragraph; `null` when the id is unknown. */
  positionOf(paragraphId: string): number | null {
    const found = this.positions
      .candidatesFor(paragraphId)
      .find(position => this.paragraph(position).id === paragraphId)
    return found ?? null
  }

  /** Text, paragraphs and furniture of a document; `null` when the id is unknown. */
  content(documentId: string): DocumentContent | null {
    const number = this.#documentNumbers.get(documentId)
    if (number === undefined) return null
    return this.#contents.get(
      number,
      () => this.#readContent(number),
      ({ source }) => source.length,
    )
  }

  #readContent(number: number): DocumentContent {
    const { firstParagraphs } = this.positions
    const first = firstParagraphs[number] as number
    const end = firstParagraphs[number + 1] as number
    const paragraphs: Paragraph[] = []
    for (let position = first; position < end; position++) paragraphs.push(this.paragraph(position))
    const readLine = (which: 0 | 1): unknown => {
      const { start, length } = this.positions.leadingLine(number, which)
      return JSON.parse(this.#read(start, length).toString('utf8'))
    }
    const rest = readLine(1) as Omit<DocumentContent, 'source' | 'paragraphs'> & {
      readonly furniture: readonly Furniture[]
    }
    return { source: readLine(0) as string, paragraphs, ...rest }
  }
}

function toParagraph(stored: StoredParagraph, documentId: string): Paragraph {
  return {
    id: `${documentId}#${stored.anchor}`,
    documentId,
    searchText: stored.text,
    ...stored,
  }
}
