/** Nearest vectors. The only file that knows hnswlib and the LangChain vector store over it. */
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HNSWLib } from '@langchain/community/vectorstores/hnswlib'
import { Document } from '@langchain/core/documents'
import { Embeddings } from '@langchain/core/embeddings'
import { flushFile, writeDurably } from './durable-files.js'
import { IngestFault } from './faults.js'

/** Breadth of a search; not stored by hnswlib, so it is set after each opening. */
const SEARCH_BREADTH = 240

/** Links per vector (M) and breadth while building; Malkov and Yashunin 2018, §4.1. */
const LINKS = 24
const BUILD_BREADTH = 120

/** Seed of the random levels: equal vectors in equal order give equal files. */
const RANDOM_SEED = 100

/** Share of deleted vectors above which a graph is built anew instead of changed. */
const MOST_DELETED = 0.2

/** What a vector stands for: a paragraph, or a question of the enrichment, by its position. */
export interface VectorEntry {
  readonly kind: 'paragraph' | 'question'
  readonly position: number
}

/** A vector near to a query. */
export interface NearVector extends VectorEntry {
  /** Cosine, −1..1, higher is closer. */
  readonly similarity: number
}

/** Names of the files of a store. */
export const VECTOR_FILES = { graph: 'vectors.hnsw', entries: 'vectors.entries.bin' } as const

/** Marks a vector whose entry was removed. */
const DELETED = 0xffffffff

const encodeEntry = ({ kind, position }: VectorEntry) => position * 2 + (kind === 'question' ? 1 : 0)
const decodeEntry = (code: number): VectorEntry => ({
  kind: code % 2 === 1 ? 'question' : 'paragraph',
  position: code >>> 1,
})

/** The store only ever gets vectors; LangChain asks for embeddings all the same. */
class NoEmbeddings extends Embeddings {
  constructor() {
    super({})
  }
  override embedDocuments(): Promise<number[][]> {
    return Promise.reject(new Error('The vector store embeds nothing by itself.'))
  }
  override embedQuery(): Promise<number[]> {
    return Promise.reject(new Error('The vector store embeds nothing by itself.'))
  }
}

type DocumentStore = HNSWLib['docstore']

/** LangChain wants a document for each vector; made when asked for, they take no memory and no file. */
const LABELS_ONLY = {
  _docs: new Map(),
  add: () => {},
  search: (label: string) => new Document({ pageContent: '', metadata: { label: Number(label) } }),
} as unknown as DocumentStore

async function openHnsw(dimensions: number): Promise<HNSWLib> {
  // Unit vectors: the inner product is the cosine, and hnswlib does not change the vectors by normalising them again.
  const parameters = { space: 'ip', numDimensions: dimensions } as const
  const { HierarchicalNSW } = await HNSWLib.imports()
  const index = new HierarchicalNSW(parameters.space, dimensions)
  return new HNSWLib(new NoEmbeddings(), { ...parameters, index, docstore: LABELS_ONLY })
}

/** Builds a store vector by vector. */
export class VectorStoreBuilder {
  readonly dimensions: number
  readonly #store: HNSWLib
  readonly #entries: number[]
  #deleted = 0

  private constructor(store: HNSWLib, dimensions: number, entries: number[]) {
    this.#store = store
    this.dimensions = dimensions
    this.#entries = entries
  }

  /** Starts an empty store; it grows as needed beyond the expected number of vectors. */
  static async create(dimensions: number, expected: number): Promise<VectorStoreBuilder> {
    const store = await openHnsw(dimensions)
    store.index.initIndex({
      maxElements: Math.max(1, expected),
      m: LINKS,
      efConstruction: BUILD_BREADTH,
      randomSeed: RANDOM_SEED,
    })
    return new VectorStoreBuilder(store, dimensions, [])
  }

  /**
   * Starts from a stored one, which must have been checked. Each of its vectors keeps its place in the graph under a new
   * entry, or is taken out.
   *
   * @param renew the new entry of an old one; `null` takes it out
   * @returns `null` when so much is taken out that building anew is better
   */
  static async change(
    folder: string,
    dimensions: number,
    renew: (entry: VectorEntry) => VectorEntry | null,
  ): Promise<VectorStoreBuilder | null> {
    const codes = await readEntries(folder)
    const entries = Array.from(codes, code => {
      const entry = code === DELETED ? null : renew(decodeEntry(code))
      return entry === null ? DELETED : encodeEntry(entry)
    })
    const deleted = entries.filter(code => code === DELETED).length
    if (deleted > MOST_DELETED * entries.length) return null
    const store = await openHnsw(dimensions)
    await store.index.readIndex(join(folder, VECTOR_FILES.graph))
    for (const [label, code] of entries.entries())
      if (code === DELETED && codes[label] !== DELETED) store.index.markDelete(label)
    const builder = new VectorStoreBuilder(store, dimensions, entries)
    builder.#deleted = deleted
    return builder
  }

  /** Number of vectors that can be found. */
  get size(): number {
    return this.#entries.length - this.#deleted
  }

  /** Adds a unit vector. */
  add(vector: Float32Array, entry: VectorEntry): void {
    const { index } = this.#store
    if (vector.length !== this.dimensions)
      throw new IngestFault(
        'embedder-invalid',
        `A vector has ${vector.length} dimensions instead of ${this.dimensions}. Run again with --force; if it stays, choose another EMBEDDINGS.`,
      )
    const label = this.#entries.length
    if (label >= index.getMaxElements()) index.resizeIndex(Math.ceil(label * 1.5) + 1024)
    index.addPoint(Array.from(vector), label)
    this.#entries.push(encodeEntry(entry))
  }

  /** Writes the store into a folder and makes sure that every byte arrived. */
  async save(folder: string): Promise<void> {
    await writeDurably(
      join(folder, VECTOR_FILES.entries),
      Buffer.from(Uint32Array.from(this.#entries).buffer),
    )
    const path = join(folder, VECTOR_FILES.graph)
    // The room that was expected stands in the file; equal vectors must give equal files.
    if (this.#entries.length > 0) this.#store.index.resizeIndex(this.#entries.length)
    await this.#store.index.writeIndex(path)
    await flushFile(path)
    // hnswlib does not notice a full disk; a file cut short shows in its structure.
    const complaint = await checkGraphFile(path, this.#entries.length, this.dimensions)
    if (complaint !== null)
      throw Object.assign(new Error(`${path} was not written whole: ${complaint}.`), { code: 'ENOSPC' })
  }
}

async function readEntries(folder: string): Promise<Uint32Array> {
  return new Uint32Array(Uint8Array.from(await readFile(join(folder, VECTOR_FILES.entries))).buffer)
}

/** Bytes of hnswlib's header: six 64-bit sizes, two 32-bit numbers, five 64-bit values (`saveIndex` in hnswalg.h). */
const HEADER_BYTES = 96

/**
 * Compares the structure of a graph file with what it should hold, without native code, which trusts files blindly.
 *
 * @returns what is wrong; `null` when nothing is
 */
export async function checkGraphFile(
  path: string,
  count: number,
  dimensions: number,
): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return 'it is missing'
  try {
    const { size } = await file.stat()
    const header = Buffer.alloc(HEADER_BYTES)
    await file.read(header, 0, HEADER_BYTES, 0)
    const stored = Number(header.readBigUInt64LE(16))
    const elementBytes = Number(header.readBigUInt64LE(24))
    const vectorBytes = Number(header.readBigUInt64LE(32)) - Number(header.readBigUInt64LE(40))
    if (stored !== count) return `it holds ${stored} vectors instead of ${count}`
    if (vectorBytes !== dimensions * 4) return `its vectors have ${vectorBytes / 4} dimensions`
    let at = HEADER_BYTES + stored * elementBytes
    const chunk = Buffer.alloc(1 << 20)
    let [chunkStart, chunkEnd] = [at, at]
    for (let element = 0; element < stored; element++) {
      if (at + 4 > chunkEnd) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
        ;[chunkStart, chunkEnd] = [at, at + bytesRead]
        if (bytesRead < 4) return `it ends after ${element} of ${stored} vectors`
      }
      at += 4 + chunk.readUInt32LE(at - chunkStart)
    }
    return at === size ? null : `it has ${size} bytes instead of ${at}`
  } finally {
    await file.close()
  }
}

/** Vectors of one index, searched approximately (HNSW, Malkov and Yashunin 2018). */
export class VectorStore {
  readonly #store: HNSWLib
  readonly #entries: Uint32Array

  private constructor(store: HNSWLib, entries: Uint32Array) {
    this.#store = store
    this.#entries = entries
  }

  /**
   * Opens what a builder saved. The checksums must have been checked: hnswlib trusts files blindly.
   *
   * @throws {IngestFault} `index-damaged` when the structure of a file is not what it should be
   */
  static async open(folder: string, dimensions: number): Promise<VectorStore> {
    const entries = await readEntries(folder)
    const path = join(folder, VECTOR_FILES.graph)
    const complaint = await checkGraphFile(path, entries.length, dimensions)
    if (complaint !== null)
      throw new IngestFault(
        'index-damaged',
        `${path} is damaged: ${complaint}. Make the index anew with: npm run ingest -- --force`,
      )
    const store = await openHnsw(dimensions)
    await store.index.readIndex(path)
    if (entries.length > 0) store.index.setEf(SEARCH_BREADTH)
    return new VectorStore(store, entries)
  }

  /** The `count` nearest vectors, closest first; fewer when the store holds fewer. */
  async nearest(query: Float32Array, count: number): Promise<NearVector[]> {
    const wanted = Math.min(count, this.#entries.length)
    if (wanted === 0) return []
    if (wanted > SEARCH_BREADTH) this.#store.index.setEf(wanted)
    const searching = this.#store.similaritySearchVectorWithScore(Array.from(query), wanted)
    // The search itself is over when the call returns; only its result is handed over later.
    if (wanted > SEARCH_BREADTH) this.#store.index.setEf(SEARCH_BREADTH)
    // LangChain calls it a score, but it is the distance 1 − cosine.
    return (await searching).map(([document, distance]) => ({
      ...decodeEntry(this.#entries[Number(document.metadata.label)] as number),
      similarity: 1 - distance,
    }))
  }
}
